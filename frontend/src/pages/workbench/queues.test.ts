import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MOVES, roleFor } from "./queues";

it("is the table of the API's docs, which the server's table is compared with too", () => {
  const docs = readFileSync(new URL("../../../../docs/api.md", import.meta.url), "utf8");
  const rows = [...docs.matchAll(/^\| `(\w+)` \| `(\w+)` \| (\w+) \|$/gm)].map(([, ...row]) => row);
  expect(rows).toEqual(MOVES);
});

it("names the least role for a move, and null where nobody may", () => {
  expect(roleFor("review", "done")).toBe("manager");
  expect(roleFor("done", "skipped")).toBeNull();
});
