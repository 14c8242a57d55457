import { expect, it, vi } from "vitest";
import { EventStream } from "../api/events";
import type { Label, Project } from "../api/types";
import { expectProject, follow, loadProject, makeState } from "./projectState";

function label(id: number, name: string, position: number): Label {
  return { id, name, color: "#AA53FB", position, annotation_count: 0 };
}

const LABELS = [label(1, "cat", 0), label(2, "dog", 1)];

/** A project's state, and how to tell it something. */
function followed() {
  const source = new EventTarget();
  const open = () => source as unknown as EventSource;
  const state = {
    ...makeState({ id: 7, labels: LABELS } as Project, "zoo"),
    events: new EventStream("", "", open),
  };
  const end = follow(state);
  state.events.start();
  const tell = (labels: Label[]) =>
    source.dispatchEvent(new MessageEvent("labels", { data: JSON.stringify({ labels }) }));
  const names = () => state.project.value.labels.map((one) => one.name);
  return { state, tell, names, end };
}

it("takes labels that others make, in their order", () => {
  const { tell, names } = followed();
  tell([label(4, "owl", 3), label(3, "elk", 2)]);
  expect(names()).toEqual(["cat", "dog", "elk", "owl"]);
  tell([label(5, "ant", 0)]);
  expect(names()).toEqual(["cat", "ant", "dog", "elk", "owl"]);
});

it("takes another name and colour of a label", () => {
  const { state, tell, names } = followed();
  tell([{ ...label(1, "lynx", 0), color: "#0D9298" }]);
  expect(names()).toEqual(["lynx", "dog"]);
  expect(state.project.value.labels[0]?.color).toBe("#0D9298");
});

it("hears nothing after its end", () => {
  const { tell, names, end } = followed();
  end();
  tell([label(3, "elk", 2)]);
  expect(names()).toEqual(["cat", "dog"]);
});

it("asks once for a project that was expected, and again where that failed", async () => {
  let asked = 0;
  let status = 200;
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    return new Response(JSON.stringify({ results: [{ slug: "zoo" }], next: null }), { status });
  });
  expectProject("zoo");
  expect((await loadProject("zoo"))?.slug).toBe("zoo");
  expect(asked).toBe(1);
  expect((await loadProject("zoo"))?.slug).toBe("zoo");
  expect(asked).toBe(2);
  status = 403;
  expectProject("zoo");
  await vi.waitFor(() => expect(asked).toBe(3));
  status = 200;
  expect((await loadProject("zoo"))?.slug).toBe("zoo");
  vi.unstubAllGlobals();
});
