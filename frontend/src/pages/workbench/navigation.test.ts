import { beforeEach, expect, it, vi } from "vitest";
import { session } from "../../app/session";
import { Navigation } from "./navigation";
import type { Walk } from "./walks";
import { IMAGE, workbenchFor } from "./workbench.testing";

const QUEUE: Walk = { queue: "unlabelled", list: null, isAlong: false };

/** Notes what is claimed. While it is slow it answers only when it is told to. */
class Server {
  readonly held = new Set<number>();
  isSlow = false;
  /** What the queue hands out next. */
  next = 50;
  private waiting: (() => void)[] = [];

  async answer(): Promise<void> {
    await sent();
    for (const go of this.waiting.splice(0)) go();
  }

  readonly fetch = async (url: string, { method }: RequestInit): Promise<Response> => {
    const claimed = /images\/(\d+)\/claim\//.exec(url)?.[1];
    if (method === "DELETE") {
      this.held.delete(Number(claimed));
      return new Response(null, { status: 204 });
    }
    if (method !== "POST") return Response.json({ results: [], next: null, boxes: [] });
    if (this.isSlow) await new Promise<void>((go) => this.waiting.push(go));
    const id = claimed ? Number(claimed) : this.next;
    this.held.add(id);
    return Response.json({ ...IMAGE, id, annotations: [] });
  };
}

/** Whatever is to be sent is on its way. */
function sent(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}

let server: Server;

beforeEach(() => {
  server = new Server();
  session.value = null;
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("document", { cookie: "", visibilityState: "visible" });
  vi.stubGlobal("location", new URL("http://localhost/p/shores/label"));
  vi.stubGlobal("history", { pushState: () => {}, replaceState: () => {} });
  vi.stubGlobal("window", { scrollTo: () => {} });
  vi.stubGlobal("requestAnimationFrame", () => 0); // nothing is made ready
});

async function opened(...ids: number[]): Promise<Navigation> {
  const navigation = new Navigation(workbenchFor("annotator"), () => QUEUE);
  for (const id of ids) await navigation.open(id);
  return navigation;
}

it("gives back what one walks away from", async () => {
  const navigation = await opened(1, 2);
  await navigation.open(1);
  expect([...server.held]).toEqual([1]);
});

it("gives back what comes once one has walked on", async () => {
  const navigation = await opened(3);
  server.isSlow = true;
  const steps = [navigation.open(2), navigation.open(1)];
  await server.answer();
  await Promise.all(steps);
  expect([...server.held]).toEqual([1]);
});

it("keeps what one has come back to", async () => {
  const navigation = await opened(3);
  server.isSlow = true;
  const steps = [navigation.open(2), navigation.open(1), navigation.open(2)];
  await server.answer();
  await Promise.all(steps);
  expect([...server.held]).toEqual([2]);
});

it("gives back what comes once the page is left", async () => {
  const navigation = await opened(1);
  server.isSlow = true;
  const steps = [navigation.next(), navigation.open(2)];
  navigation.leave();
  await server.answer();
  await Promise.all(steps);
  expect([...server.held]).toEqual([]);
});

it("stays where Next led, though the image before comes later", async () => {
  const navigation = await opened(1, 2);
  server.isSlow = true;
  const before = navigation.open(1);
  await sent();
  server.isSlow = false;
  await navigation.next();
  await server.answer();
  await before;
  expect([...server.held]).toEqual([2, 50]); // 2 goes with the next claim
  expect(navigation.route.history.visits.peek()).toEqual({ ids: [1, 2, 50], at: 2 });
});

it("stays where one chose to go, though Next comes later", async () => {
  const navigation = await opened(1, 2);
  server.isSlow = true;
  const next = navigation.next();
  await sent();
  server.isSlow = false;
  await navigation.open(7);
  await server.answer();
  await next;
  expect([...server.held]).toEqual([7]);
  expect(navigation.route.history.visits.peek()).toEqual({ ids: [1, 2, 7], at: 2 });
});
