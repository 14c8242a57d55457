/**
 * The service worker of whoever took images along: without a network it answers with the app's page and the scripts and
 * styles of the workbench. It knows nothing of anybody: pictures and boxes are the page's, in IndexedDB.
 *
 * With a network the page always comes from the server, so that nobody works with an old app after a deployment; files
 * under /assets/ are named by their content.
 */

interface WorkerEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Fetch extends WorkerEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Worker {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  addEventListener(kind: "install" | "activate", run: (event: WorkerEvent) => void): void;
  addEventListener(kind: "fetch", run: (event: Fetch) => void): void;
}

/** Written in by the build: the paths of the files, and a name that changes with them. */
declare const SHELL: { readonly name: string; readonly files: readonly string[] };

const worker = globalThis as unknown as Worker;
const CACHE = `boxwright-shell-${SHELL.name}`;
const PAGE = "/";
/** These are the server's own pages. */
const NOT_OURS = /^\/(api|admin|static|assets)\//;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (request.mode === "navigate" && !NOT_OURS.test(pathname)) event.respondWith(page(request));
  else if (SHELL.files.includes(pathname)) event.respondWith(kept(request, pathname));
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([new Request(PAGE, { cache: "reload" }), ...SHELL.files]);
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const found = await cache.match(PAGE);
    if (!found) throw error;
    return found;
  }
}

async function kept(request: Request, pathname: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname)) ?? fetch(request);
}
