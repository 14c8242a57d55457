import { describe, expect, it } from "vitest";
import { neighbour } from "./steps";

describe("the crosshair by keys", () => {
  it("goes to the next place and stays inside", () => {
    expect(neighbour([1, 2, 3], 2, "ArrowRight")).toBe(3);
    expect(neighbour([1, 2, 3], 3, "ArrowUp")).toBe(3);
    expect(neighbour([1, 2, 3], null, "ArrowLeft")).toBe(3);
    expect(neighbour([1, 2, 3], 2, "Home")).toBe(1);
    expect(neighbour([1, 2, 3], 2, "a")).toBeNull();
    expect(neighbour([], null, "End")).toBeNull();
  });
});
