import { afterEach, vi } from "vitest";

// Files share a thread, and so its clock: none leaves a false one to the next.
afterEach(() => void vi.useRealTimers());
