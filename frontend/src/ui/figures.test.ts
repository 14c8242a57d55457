import { describe, expect, it } from "vitest";
import { ago, bytes, counted, duration, fraction, percent, shortHash, until } from "./figures";

const NOW = Date.parse("2026-11-20T12:00:00Z");

describe("figures for people", () => {
  it("groups thousands and counts in words", () => {
    expect(counted(1, "image")).toBe("1 image");
    expect(counted(1204, "box", "boxes")).toBe("1,204 boxes");
  });

  it("says bytes with one digit where it helps", () => {
    expect([812, 3_400_000, 117_000_000, 1_600_000_000].map(bytes)).toEqual([
      "812 B",
      "3.4 MB",
      "117 MB",
      "1.6 GB",
    ]);
  });

  it("says a time left", () => {
    expect([8.4, 108, 60, 1800, 7500, 7200, -3].map(duration)).toEqual([
      "8 s",
      "1 min 48 s",
      "1 min",
      "30 min",
      "2 h 5 min",
      "2 h",
      "0 s",
    ]);
  });

  it("says how long ago and until when", () => {
    expect(ago("2026-11-20T11:59:30Z", NOW)).toBe("just now");
    expect(ago("2026-11-20T11:00:00Z", NOW)).toBe("1 hour ago");
    expect(ago("2026-11-18T11:00:00Z", NOW)).toBe("2 days ago");
    expect(ago("2026-01-03T11:00:00Z", NOW)).toBe("3 Jan 2026");
    expect(until("2026-11-27T12:00:00Z", NOW)).toBe("in 7 days");
    expect(until("2026-11-20T11:00:00Z", NOW)).toBe("expired");
  });

  it("has a dash for what is undefined", () => {
    expect(fraction(null)).toBe("–");
    expect(fraction(0.6124)).toBe("0.612");
    expect(percent(0.941)).toBe("94.1 %");
  });
});

describe("a hash", () => {
  it("is shortened to compare by eye", () => {
    expect(shortHash("9f2c41d7b08e77aa")).toBe("9f2c·41d7·b08e");
  });
});
