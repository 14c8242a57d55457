/** What others do to the image on the screen, and keeping one's own claim. */
import { effect } from "@preact/signals";
import { user } from "../../app/session";
import type { Bench } from "./bench";
import { claimImage, fetchState } from "./fetching";
import type { Walk } from "./walking";

const SHORTEST_RENEWAL_MS = 20_000;

/** Follows events and saves until the answer is called. */
export function live(bench: Bench, walk: Walk): () => void {
  const { events } = bench.project;
  const refresh = async (id: number): Promise<void> => bench.takeOver(id, await fetchState(id));
  // A revision that someone else made while a save of ours was on its way: its answer may still be the older one.
  let awaited = { id: 0, revision: 0 };
  const ends = [
    bench.saving.onState((id, state) => {
      bench.takeOver(id, state);
      const isBehind = id === awaited.id && state.revision < awaited.revision;
      if (isBehind && !bench.saving.saver.entry(id)) refresh(id).catch(() => undefined);
    }),
    events.on("image", ({ id, revision, queue }) => {
      walk.moved(id, queue);
      if (id !== bench.image.peek()?.id || revision <= bench.revision.peek()) return;
      awaited = { id, revision };
      // With something pending the save itself brings back the merged state.
      if (bench.saving.saver.entry(id)) bench.saving.saver.hurry();
      else refresh(id).catch(() => undefined);
    }),
    events.on("claim", ({ id, claimed_by }) => {
      if (id !== bench.image.peek()?.id) return;
      bench.holder.value = claimed_by && claimed_by.id !== user.peek()?.id ? claimed_by : null;
    }),
    events.onGap(() => {
      const image = bench.image.peek();
      if (image) refresh(image.id).catch(() => undefined);
    }),
    effect(() => {
      const image = bench.image.value;
      if (image) walk.moved(image.id, bench.queue.value);
    }),
    keepClaim(bench),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Renews the claim at half its time, as long as the image is open. */
function keepClaim(bench: Bench): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const renewAt = (id: number, expires: string | null): void => {
    clearTimeout(timer);
    if (!expires) return;
    const half = Math.max(SHORTEST_RENEWAL_MS, (Date.parse(expires) - Date.now()) / 2);
    timer = setTimeout(() => {
      claimImage(id).then(
        (claim) => {
          if (bench.image.peek()?.id !== id) return;
          bench.holder.value = claim.holder;
          renewAt(id, claim.expires ?? new Date(Date.now() + 4 * SHORTEST_RENEWAL_MS).toISOString());
        },
        () => renewAt(id, new Date(Date.now() + 4 * SHORTEST_RENEWAL_MS).toISOString()),
      );
    }, half);
  };
  const end = effect(() => {
    const image = bench.image.value;
    clearTimeout(timer);
    if (image && bench.editable && !bench.holder.peek()) renewAt(image.id, image.claim_expires_at);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
