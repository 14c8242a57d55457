/** The one saver of this page and person: it goes on sending wherever in the product one is. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { api, type RequestOptions } from "../../api/client";
import { ApiError } from "../../api/errors";
import type { AnnotationState } from "../../api/types";
import { newId } from "../core/ids";
import { keepAlongState } from "./alongImages";
import { localStore, openStorage } from "./changeStorage";
import { deviceStore } from "./deviceStore";
import { later } from "./later";
import type { PutAway } from "./pendingChanges";
import { Saver, type SendSave } from "./saver";
import { SAVED, type SavingStatus } from "./savingStatus";
import { enterTabs, type OpenTabs } from "./tabs";

const SEND_TIMEOUT_MS = 20_000;
const ADOPT_EVERY_MS = 60_000;

const SIGNED_OUT = { type: "about:blank", title: "Signed out", status: 401, detail: "Signed out." };

type OnState = (image: number, state: AnnotationState) => void;

export interface SavingSession {
  readonly saver: Saver;
  /** What earlier visits left has been taken over. */
  readonly ready: Promise<void>;
  onState(listener: OnState): () => void;
}

/** Where saving stands, for every header that wants to show it. */
export const savingStatus = signal<SavingStatus>(SAVED);

const sessions = new Map<number, SavingSession>();

/** `signedIn` tells who is at the browser now; null: nobody. */
export function savingSessionOf(user: number, signedIn: ReadonlySignal<number | null>): SavingSession {
  const session = sessions.get(user) ?? openSession(user, signedIn);
  sessions.set(user, session);
  return session;
}

function openSession(user: number, signedIn: ReadonlySignal<number | null>): SavingSession {
  const tab = newId();
  const listeners = new Set<OnState>();
  const saver = new Saver(
    openStorage(localStore(), user, tab, deviceStore()),
    sendAs(user, signedIn),
    later,
    {
      onStatus: (status) => {
        if (signedIn.peek() === user) savingStatus.value = status;
      },
      onState: (image, state) => {
        keepAlongState(user, image, state).catch(() => undefined);
        for (const listener of listeners) listener(image, state);
      },
    },
  );
  effect(() => {
    if (signedIn.value !== user) return;
    savingStatus.value = saver.status;
    saver.hurry();
  });
  // Whatever this browser lacks (locks, storage), one can label all the same.
  const ready = attend(saver, tab).catch((error) => console.error(error));
  return {
    saver,
    ready,
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Comes when nothing of the image is pending. */
export function settled({ saver }: SavingSession, image: number): Promise<void> {
  return new Promise((done) => {
    // Every change of an entry comes with a new status.
    const end = savingStatus.subscribe(() => {
      if (saver.entry(image)) return;
      done();
      queueMicrotask(() => end());
    });
  });
}

/** Sends only while this person is signed in: nobody's work goes out under another's name. */
function sendAs(user: number, signedIn: ReadonlySignal<number | null>): SendSave {
  return async (image, request, leaving, putAway) => {
    if (signedIn.peek() !== user) throw new ApiError(SIGNED_OUT);
    const options = leaving ? { keepalive: true } : { signal: AbortSignal.timeout(SEND_TIMEOUT_MS) };
    const save = api.patch<AnnotationState>(`images/${image}/annotations/`, request, options);
    const [state] = await Promise.all([save, ...answers(image, putAway, options)]);
    return state;
  };
}

/** Beside the save, not after it: a page that goes waits for none. Sent twice they change nothing. */
function answers(image: number, putAway: PutAway, options: RequestOptions): Promise<unknown>[] {
  return (["reject", "restore"] as const).flatMap((how) => {
    const ids = Object.keys(putAway).filter((id) => putAway[id]?.value === (how === "reject"));
    return ids.length > 0 ? api.post(`images/${image}/suggestions/${how}/`, { ids }, options) : [];
  });
}

/** Adopts what closed tabs left, now and then again; listens for the network and for the end of the page. */
async function attend(saver: Saver, tab: string): Promise<void> {
  let tabs: OpenTabs = await enterTabs(tab, localStore());
  const adopt = async (): Promise<void> => {
    await saver.adopt(await tabs.alive());
  };
  addEventListener("online", () => saver.hurry());
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && saver.hurry());
  addEventListener("pagehide", () => {
    saver.leave();
    tabs.leave();
  });
  addEventListener("pageshow", async (event) => {
    if (event.persisted) tabs = await enterTabs(tab, localStore());
  });
  addEventListener("beforeunload", (event) => {
    const { kept, pending } = saver.status;
    if (!kept && pending > 0) event.preventDefault();
  });
  setInterval(() => void adopt(), ADOPT_EVERY_MS);
  await adopt();
}
