/** Which other pages of ours are open, so that nobody resends what another is just sending. */
import type { KeyValue } from "./changeStorage";

const LOCK = "boxwright-tab-";
const BEAT = "boxwright:tab:";
const BEAT_MS = 5_000;
/** Background pages run their timers once a minute. */
const DEAD_MS = 90_000;

export interface OpenTabs {
  readonly id: string;
  alive(): Promise<ReadonlySet<string>>;
  leave(): void;
}

/** Web Locks end with their page, even a crashed one; where there are none (plain http), a heartbeat tells. */
export async function enterTabs(id: string, storage: KeyValue | null): Promise<OpenTabs> {
  const locks = globalThis.navigator?.locks;
  return locks ? lockTabs(id, locks) : beatTabs(id, storage);
}

async function lockTabs(id: string, locks: LockManager): Promise<OpenTabs> {
  let release: () => void = () => {};
  await new Promise<void>((entered) => {
    void locks.request(LOCK + id, () => {
      entered();
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    });
  });
  return {
    id,
    leave: () => release(),
    alive: async () => {
      const { held = [] } = await locks.query();
      return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
    },
  };
}

function beatTabs(id: string, storage: KeyValue | null): OpenTabs {
  const beat = (): void => {
    try {
      storage?.setItem(BEAT + id, String(Date.now()));
    } catch {
      // the storage is full: at worst another tab sends our notes too, which changes nothing
    }
  };
  beat();
  const timer = setInterval(beat, BEAT_MS);
  return {
    id,
    leave: () => {
      clearInterval(timer);
      storage?.removeItem(BEAT + id);
    },
    alive: async () => new Set(storage ? beating(storage, Date.now()) : []),
  };
}

function beating(storage: KeyValue, now: number): string[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  return keys
    .filter((key) => key.startsWith(BEAT) && now - Number(storage.getItem(key)) < DEAD_MS)
    .map((key) => key.slice(BEAT.length));
}
