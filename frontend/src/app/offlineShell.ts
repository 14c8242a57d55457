/** The service worker that starts the workbench without a network: there as long as something is along. */

const SCRIPT = "/offline.js";
const PATIENCE_MS = 20_000;

/** False where the browser has none: without https it keeps no pages. */
export async function keepShell(): Promise<boolean> {
  const workers = globalThis.navigator.serviceWorker;
  if (!workers || !import.meta.env.PROD) return false;
  const late = new Promise<boolean>((done) => setTimeout(() => done(false), PATIENCE_MS));
  const kept = workers
    .register(SCRIPT)
    .then(() => workers.ready)
    .then(
      () => true,
      () => false,
    );
  return Promise.race([kept, late]);
}

/** Its files stay in their cache, nobody's data: a page that registers it again before it is left installs nothing. */
export async function dropShell(): Promise<void> {
  const registrations = (await globalThis.navigator.serviceWorker?.getRegistrations()) ?? [];
  for (const registration of registrations) await registration.unregister();
}
