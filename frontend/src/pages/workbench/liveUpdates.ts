/** What others do to the image on the screen, and keeping one's own claim. */
import { effect } from "@preact/signals";
import { later } from "../../annotator/saving/later";
import { user } from "../../app/session";
import type { Ahead } from "./ahead";
import { ClaimKeeper } from "./claimKeeper";
import { claimImage, fetchState, releaseImage } from "./fetching";
import type { WalkRoute } from "./walkRoute";
import type { WorkbenchState } from "./workbenchState";

const NOBODY = { id: 0, name: "Somebody" };

/** Follows events and saves until the answer is called. */
export function followUpdates(workbench: WorkbenchState, route: WalkRoute): () => void {
  const { events } = workbench.project;
  const { surroundings, ahead } = route;
  const requests = { claim: claimImage, release: releaseImage };
  const keeper = new ClaimKeeper(requests, later, Date.now, (holder) => {
    workbench.holder.value = holder;
  });
  const refresh = async (id: number): Promise<void> => workbench.takeOver(id, await fetchState(id));
  // The newest revision that an event told of. The answer to a save of ours may still be older than that.
  let awaited = { id: 0, revision: 0 };
  const ends = [
    workbench.saving.onState((id, state) => {
      workbench.takeOver(id, state);
      const isBehind = id === awaited.id && state.revision < awaited.revision;
      if (isBehind && !workbench.saving.saver.entry(id)) refresh(id).catch(() => undefined);
    }),
    events.on("image", ({ id, revision, queue, annotation_count }) => {
      surroundings.changed(id, queue, annotation_count);
      ahead.changed(id, revision);
      if (id === workbench.image.peek()?.id) workbench.deletedBy.value = null;
      if (id !== workbench.image.peek()?.id || revision <= workbench.revision.peek()) return;
      awaited = { id, revision };
      // With something pending the save itself brings back the merged state.
      if (workbench.saving.saver.entry(id)) workbench.saving.saver.hurry();
      else refresh(id).catch(() => undefined);
    }),
    events.on("deleted", ({ ids, by }) => {
      route.forget(ids);
      for (const id of ids) ahead.lost(id);
      if (ids.includes(workbench.image.peek()?.id ?? 0)) workbench.deletedBy.value = by ?? NOBODY;
    }),
    events.on("claim", (claim) => {
      const { id, claimed_by } = claim;
      surroundings.claimed(claim);
      if (claimed_by?.id !== user.peek()?.id) ahead.lost(id);
      if (id !== workbench.image.peek()?.id) return;
      workbench.holder.value = claimed_by && claimed_by.id !== user.peek()?.id ? claimed_by : null;
      if (!claimed_by && workbench.editable) keeper.freed();
    }),
    events.on("prediction", ({ status }) => {
      if (status === "succeeded" && workbench.suggested.peek().all.length === 0) void workbench.suggest();
    }),
    events.onGap(() => {
      ahead.drop();
      const image = workbench.image.peek();
      if (image) refresh(image.id).catch(() => undefined);
    }),
    effect(() => {
      const image = workbench.image.value;
      const { size } = workbench.document.value.annotations;
      if (image) surroundings.changed(image.id, workbench.queue.value, size);
    }),
    keepClaim(workbench, keeper, ahead),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** The claim follows the image that is open and the page's life. */
function keepClaim(workbench: WorkbenchState, keeper: ClaimKeeper, ahead: Ahead): () => void {
  const onVisibility = (): void => (document.visibilityState === "visible" ? keeper.show() : keeper.hide());
  const onHide = (): void => {
    keeper.leave();
    ahead.drop();
  };
  const onShow = (): void => keeper.show();
  onVisibility();
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("pagehide", onHide);
  addEventListener("pageshow", onShow);
  const end = effect(() => {
    const image = workbench.image.value;
    if (!image || !workbench.editable) return keeper.close();
    keeper.open(image.id, workbench.holder.peek() ? null : image.claim_expires_at);
  });
  return () => {
    end();
    keeper.close();
    document.removeEventListener("visibilitychange", onVisibility);
    removeEventListener("pagehide", onHide);
    removeEventListener("pageshow", onShow);
  };
}
