import { describe, expect, it } from "vitest";
import { amount, bytes, duration, when } from "./amounts";

describe("amounts", () => {
  it("tell a duration in two units at most", () => {
    expect([0, 45.4, 108, 120, 7500, 273_600].map(duration)).toEqual([
      "0 s",
      "45 s",
      "1 min 48 s",
      "2 min",
      "2 h 5 min",
      "3 d 4 h",
    ]);
  });

  it("never show 60 s or 1000 kB", () => {
    expect([duration(59.6), bytes(999_900), bytes(412_000), bytes(13_412_000), bytes(12)]).toEqual([
      "1 min",
      "1.0 MB",
      "412 kB",
      "13.4 MB",
      "12 B",
    ]);
  });

  it("count in singular and plural", () => {
    expect([amount(1, "image"), amount(1234, "image"), amount(2, "box", "boxes")]).toEqual([
      "1 image",
      "1,234 images",
      "2 boxes",
    ]);
  });

  it("name the year only when it is another one", () => {
    const now = new Date("2026-11-20T12:00:00");
    expect(when("2026-11-19T17:20:00", now)).toBe("19 Nov, 17:20");
    expect(when("2025-11-19T17:20:00", now)).toBe("19 Nov 2025, 17:20");
  });
});
