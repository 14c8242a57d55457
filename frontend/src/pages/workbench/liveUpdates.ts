/** What others do to the image on the screen, and keeping one's own claim. */
import { effect } from "@preact/signals";
import { user } from "../../app/session";
import { claimImage, fetchState } from "./fetching";
import type { Navigation } from "./navigation";
import type { WorkbenchState } from "./workbenchState";

const SHORTEST_RENEWAL_MS = 20_000;

/** Follows events and saves until the answer is called. */
export function followUpdates(workbench: WorkbenchState, navigation: Navigation): () => void {
  const { events } = workbench.project;
  const refresh = async (id: number): Promise<void> => workbench.takeOver(id, await fetchState(id));
  // A revision that someone else made while a save of ours was on its way: its answer may still be the older one.
  let awaited = { id: 0, revision: 0 };
  const ends = [
    workbench.saving.onState((id, state) => {
      workbench.takeOver(id, state);
      const isBehind = id === awaited.id && state.revision < awaited.revision;
      if (isBehind && !workbench.saving.saver.entry(id)) refresh(id).catch(() => undefined);
    }),
    events.on("image", ({ id, revision, queue }) => {
      navigation.moved(id, queue);
      if (id !== workbench.image.peek()?.id || revision <= workbench.revision.peek()) return;
      awaited = { id, revision };
      // With something pending the save itself brings back the merged state.
      if (workbench.saving.saver.entry(id)) workbench.saving.saver.hurry();
      else refresh(id).catch(() => undefined);
    }),
    events.on("claim", ({ id, claimed_by }) => {
      if (id !== workbench.image.peek()?.id) return;
      workbench.holder.value = claimed_by && claimed_by.id !== user.peek()?.id ? claimed_by : null;
    }),
    events.onGap(() => {
      const image = workbench.image.peek();
      if (image) refresh(image.id).catch(() => undefined);
    }),
    effect(() => {
      const image = workbench.image.value;
      if (image) navigation.moved(image.id, workbench.queue.value);
    }),
    keepClaim(workbench),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Renews the claim at half its time, as long as the image is open. */
function keepClaim(workbench: WorkbenchState): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const renewAt = (id: number, expires: string | null): void => {
    clearTimeout(timer);
    if (!expires) return;
    const half = Math.max(SHORTEST_RENEWAL_MS, (Date.parse(expires) - Date.now()) / 2);
    timer = setTimeout(() => {
      claimImage(id).then(
        (claim) => {
          if (workbench.image.peek()?.id !== id) return;
          workbench.holder.value = claim.holder;
          renewAt(id, claim.expires ?? new Date(Date.now() + 4 * SHORTEST_RENEWAL_MS).toISOString());
        },
        () => renewAt(id, new Date(Date.now() + 4 * SHORTEST_RENEWAL_MS).toISOString()),
      );
    }, half);
  };
  const end = effect(() => {
    const image = workbench.image.value;
    clearTimeout(timer);
    if (image && workbench.editable && !workbench.holder.peek()) renewAt(image.id, image.claim_expires_at);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
