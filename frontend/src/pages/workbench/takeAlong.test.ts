import { beforeEach, expect, it, vi } from "vitest";
import { alongImage, sessionOf, stateAt, suggestionsOf } from "../../annotator/saving/along.testing";
import { imagesAlong, isAnythingAlong, tripsHere } from "../../annotator/saving/alongImages";
import { MemoryDisk } from "../../annotator/saving/memoryDisk.testing";
import { MemoryStorage } from "../../annotator/saving/memoryStorage.testing";
import { OfflineError } from "../../api/errors";
import { session } from "../../app/session";
import { clock, findTrip, giveTripBack, isTakenUntil, takeAlong, trip } from "./takeAlong";
import { workbenchFor } from "./workbench.testing";
import type { WorkbenchState } from "./workbenchState";

const END = "2099-01-01T12:00:00Z";

/** Gives along what it has; `fails` once it has answered so many pictures. */
class Server {
  ids = [7, 8, 9];
  ends = [END, END, END];
  pictures = 0;
  readonly asked: string[] = [];
  fails = Number.POSITIVE_INFINITY;

  readonly fetch = async (url: string, { method = "GET" }: RequestInit = {}): Promise<Response> => {
    this.asked.push(`${method} ${url.replace("/api/v1/", "")}`);
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (method === "POST") {
      const images = this.ids.map((id, at) => ({ ...alongImage(id).image, claim_expires_at: this.ends[at] }));
      return Response.json({ images });
    }
    if (url.endsWith("/suggestions/")) return Response.json(suggestionsOf("one"));
    if (url.endsWith("/annotations/")) return Response.json(stateAt(1));
    this.pictures += 1;
    if (this.pictures > this.fails) throw new TypeError("no network");
    return new Response("picture");
  };
}

let server: Server;
let disk: MemoryDisk;
let workbench: WorkbenchState;

beforeEach(() => {
  server = new Server();
  disk = MemoryDisk.inserted();
  trip.value = null;
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("localStorage", new MemoryStorage());
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  session.value = sessionOf(1);
  workbench = workbenchFor("annotator");
});

async function idsHere(user = 1): Promise<number[]> {
  return (await imagesAlong(user, 1)).map(({ image }) => image.id);
}

it("brings all in their order and tells how far it is", async () => {
  const told: string[] = [];
  server.ends = [END, "2098-01-01T12:00:00Z", END];
  const kept = await takeAlong(workbench, "review", (done, of) => told.push(`${done} of ${of}`));
  expect(kept).toEqual({ images: 3, bytes: 21, starts: false });
  expect(told).toEqual(["0 of 3", "1 of 3", "2 of 3"]);
  expect(await idsHere()).toEqual([7, 8, 9]);
  const [first] = await imagesAlong(1, 1);
  expect([first?.state, first?.suggested]).toEqual([stateAt(1), suggestionsOf("one")]);
  expect(trip.value).toMatchObject({ queue: "review", until: "2098-01-01T12:00:00Z" }); // the first that ends
});

it("keeps the pictures that came before the network went, and fills up without any twice", async () => {
  server.fails = 2;
  await expect(takeAlong(workbench, "unlabelled", () => {})).rejects.toBeInstanceOf(OfflineError);
  expect([await idsHere(), trip.value?.until]).toEqual([[7, 8], END]);
  server.fails = Number.POSITIVE_INFINITY;
  expect((await takeAlong(workbench, "unlabelled", () => {})).images).toBe(3);
  expect(await idsHere()).toEqual([7, 8, 9]);
});

it("lets go of those that are not one's own any more", async () => {
  await takeAlong(workbench, "unlabelled", () => {});
  server.ids = [8, 10];
  await takeAlong(workbench, "unlabelled", () => {});
  expect(await idsHere()).toEqual([8, 10]);
});

it("says that there is no room for more, and keeps those that are here", async () => {
  const room = (done: number): void => {
    disk.full = done === 2;
  };
  await expect(takeAlong(workbench, "unlabelled", room)).rejects.toThrow("no room for more pictures");
  disk.full = false;
  expect([await idsHere(), trip.value?.until]).toEqual([[7, 8], END]);
});

it("takes no picture where there is no room for the first note", async () => {
  disk.full = true;
  await expect(takeAlong(workbench, "unlabelled", () => {})).rejects.toThrow("full");
  expect([server.pictures, isAnythingAlong(), trip.value]).toEqual([0, false, null]);
});

it("begins no trip where nothing is free, or nobody is signed in", async () => {
  server.ids = [];
  expect((await takeAlong(workbench, "unlabelled", () => {})).images).toBe(0);
  session.value = null;
  expect((await takeAlong(workbench, "unlabelled", () => {})).images).toBe(0);
  expect([server.asked, await tripsHere()]).toEqual([["POST projects/1/queue/along/"], []]);
});

it("shows a second person at this device nothing of the first one's, who finds it again", async () => {
  await takeAlong(workbench, "unlabelled", () => {});
  session.value = sessionOf(2);
  await findTrip(workbench);
  expect([trip.value, await idsHere(2)]).toEqual([null, []]);
  server.ids = [9];
  await takeAlong(workbench, "unlabelled", () => {});
  await giveTripBack(workbench);
  expect([await idsHere(2), await idsHere()]).toEqual([[], [7, 8, 9]]);
  session.value = sessionOf(1);
  await findTrip(workbench);
  expect(trip.value?.until).toBe(END);
});

it("takes the labels along as they are by now", async () => {
  await takeAlong(workbench, "unlabelled", () => {});
  const { project } = workbench.project;
  project.value = { ...project.value, labels: [] };
  await findTrip(workbench);
  expect((await tripsHere()).map((one) => one.project.labels)).toEqual([[]]);
});

it("gives back once, and knows that nothing is with one", async () => {
  await takeAlong(workbench, "unlabelled", () => {});
  await giveTripBack(workbench);
  await giveTripBack(workbench);
  expect(server.asked.filter((one) => one.startsWith("DELETE"))).toEqual(["DELETE projects/1/queue/along/"]);
  expect([trip.value, disk.keys]).toEqual([null, []]);
});

it("tells a claim of hours from that of an open page", () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  expect([null, inSeconds(90), inSeconds(3600)].map(isTakenUntil)).toEqual([false, false, true]);
  expect([clock(null), clock("2026-11-23T18:20:00")]).toEqual(["", "18:20"]);
});
