import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    environment: "node",
    setupFiles: ["checks/realTimers.ts"],
    testTimeout: 60_000,
    // The files share two threads: starting one for each takes five times what the tests do.
    pool: "threads",
    isolate: false,
    unstubGlobals: true,
    restoreMocks: true,
  },
});
