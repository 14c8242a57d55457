import { describe, expect, it } from "vitest";
import { match } from "./router";

describe("matching a path", () => {
  it("reads parameters, also encoded ones", () => {
    expect(match("/p/:slug/images", "/p/reserve-watch/images")).toEqual({ slug: "reserve-watch" });
    expect(match("/join/:token", "/join/a%2Fb")).toEqual({ token: "a/b" });
  });

  it("takes an optional last part, with or without it", () => {
    expect(match("/p/:slug/runs/:n?", "/p/a/runs")).toEqual({ slug: "a" });
    expect(match("/p/:slug/runs/:n?", "/p/a/runs/7")).toEqual({ slug: "a", n: "7" });
  });

  it("does not care about a trailing slash", () => {
    expect(match("/p/:slug/images", "/p/a/images/")).toEqual({ slug: "a" });
  });

  it("refuses what is shorter, longer or different", () => {
    expect(match("/p/:slug/images", "/p/a")).toBeNull();
    expect(match("/p/:slug/images", "/p/a/images/b")).toBeNull();
    expect(match("/p/:slug/images", "/t/a/images")).toBeNull();
    expect(match("/", "/x")).toBeNull();
  });

  it("refuses a path that is not even an address", () => {
    expect(match("/join/:token", "/join/%E0%A4%A")).toBeNull();
  });
});
