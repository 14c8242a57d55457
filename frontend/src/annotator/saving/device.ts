/** The one saver of this page and person: it goes on sending wherever in the product one is. */
import { signal } from "@preact/signals";
import { api } from "../../api/client";
import type { AnnotationState } from "../../api/types";
import { newId } from "../core/ids";
import { type Later, Saver } from "./saver";
import { localStore, openShelf } from "./shelf";
import { SAVED, type Standing } from "./standing";
import { enterTabs, type Tabs } from "./tabs";

const SEND_TIMEOUT_MS = 20_000;
const ADOPT_EVERY_MS = 60_000;

type OnState = (image: number, state: AnnotationState) => void;

export interface Device {
  readonly saver: Saver;
  /** What earlier visits left has been taken over. */
  readonly ready: Promise<void>;
  onState(listener: OnState): () => void;
}

/** Where saving stands, for every header that wants to show it. */
export const saving = signal<Standing>(SAVED);

const later: Later = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

let current: (Device & { user: number }) | null = null;

export function deviceOf(user: number): Device {
  if (current?.user !== user) current = { user, ...openDevice(user) };
  return current;
}

function openDevice(user: number): Device {
  const tab = newId();
  const listeners = new Set<OnState>();
  const saver = new Saver(openShelf(localStore(), user, tab), send, later, {
    onStanding: (standing) => {
      saving.value = standing;
    },
    onState: (image, state) => {
      for (const listener of listeners) listener(image, state);
    },
  });
  const ready = attend(saver, tab);
  return {
    saver,
    ready,
    onState: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function send(image: number, request: object, leaving: boolean): Promise<AnnotationState> {
  return api.patch<AnnotationState>(`images/${image}/annotations/`, request, {
    keepalive: leaving,
    ...(leaving ? {} : { signal: AbortSignal.timeout(SEND_TIMEOUT_MS) }),
  });
}

/** Adopts what closed tabs left, now and then again; listens for the network and for the end of the page. */
async function attend(saver: Saver, tab: string): Promise<void> {
  let tabs: Tabs = await enterTabs(tab, localStore());
  const adopt = async (): Promise<void> => {
    saver.adopt(await tabs.alive());
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
    const { kept, pending } = saver.standing;
    if (!kept && pending > 0) event.preventDefault();
  });
  setInterval(() => void adopt(), ADOPT_EVERY_MS);
  await adopt();
}
