/** What others do to the image on the screen, and keeping one's own claim. */
import { effect } from "@preact/signals";
import type { Editor } from "../../annotator/core/editor";
import { later } from "../../annotator/saving/later";
import { user, userId } from "../../app/session";
import { ClaimKeeper } from "./claimKeeper";
import { claimImage, fetchState, releaseImage, sayGone, sayPresent } from "./fetching";
import { drawnIn, Presence } from "./presence";
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
  const presence = new Presence(
    userId.peek() ?? 0,
    { say: sayPresent, leave: sayGone },
    later,
    Date.now,
    (others) => {
      workbench.present.value = others;
    },
  );
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
    events.on("assigned", ({ ids, assigned_to }) => {
      if (ids.includes(workbench.image.peek()?.id ?? 0)) workbench.assignee.value = assigned_to;
    }),
    events.on("presence", (said) => presence.heard(said)),
    events.on("prediction", ({ status }) => {
      if (status === "succeeded" && workbench.suggested.peek().all.length === 0) void workbench.suggest();
    }),
    events.onGap(() => {
      ahead.refresh();
      const image = workbench.image.peek();
      if (image) refresh(image.id).catch(() => undefined);
    }),
    effect(() => {
      const image = workbench.image.value;
      const { size } = workbench.document.value.annotations;
      if (image) surroundings.changed(image.id, workbench.queue.value, size);
    }),
    keepClaim(workbench, keeper, route),
    keepPresence(workbench, presence),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Claims follow the image that is open and the page's life. */
function keepClaim(workbench: WorkbenchState, keeper: ClaimKeeper, route: WalkRoute): () => void {
  const onVisibility = (): void => (document.visibilityState === "visible" ? keeper.show() : keeper.hide());
  const onHide = (): void => {
    keeper.leave();
    route.release();
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

/** Tells of this page and its hand while somebody else looks at the image too. */
function keepPresence(workbench: WorkbenchState, presence: Presence): () => void {
  const onVisibility = (): void =>
    document.visibilityState === "visible" ? presence.seen() : presence.hide();
  const onHide = (): void => presence.hide();
  onVisibility();
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("pagehide", onHide);
  addEventListener("pageshow", onVisibility);
  const ends = [
    effect(() => presence.open(workbench.image.value?.id ?? null, workbench.holder.value)),
    effect(() => void (workbench.revision.value > 0 && presence.landed())),
    followHand(workbench, presence),
  ];
  return () => {
    for (const end of ends) end();
    presence.leave();
    document.removeEventListener("visibilitychange", onVisibility);
    removeEventListener("pagehide", onHide);
    removeEventListener("pageshow", onVisibility);
  };
}

function followHand(workbench: WorkbenchState, presence: Presence): () => void {
  let held: Editor | null = null;
  return effect(() => {
    const editor = workbench.editor.value;
    const drawn = drawnIn(editor);
    if (drawn) presence.draws(drawn);
    else if (held && held.document.annotations !== editor.document.annotations) presence.drew();
    else if (held) presence.draws(null);
    held = drawn && editor;
  });
}
