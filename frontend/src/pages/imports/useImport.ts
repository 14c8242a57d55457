import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client";
import { notFound } from "../../api/errors";
import type { Import } from "../../api/types";
import { isWorking } from "../../app/importState";
import { useProject } from "../../app/project";

const POLL_MS = 2000;

interface OneImport {
  readonly one: Import | null;
  readonly error: unknown;
  /** What an action answered. */
  put(one: Import): void;
  reload(): void;
}

/**
 * One import, fetched again at each of its events: what an event says may be older than what was fetched. Asked for
 * while it works, as an event may be missed.
 */
export function useImport(id: number): OneImport {
  const { events, project } = useProject();
  const [one, setOne] = useState<Import | null>(null);
  const [error, setError] = useState<unknown>(null);
  const asked = useRef(0);
  const shown = useRef(0);
  /** `turn`: when it was asked for. What was asked for before what is shown is dropped. */
  const show = (fresh: Import, turn: number) => {
    if (turn < shown.current) return;
    shown.current = turn;
    setOne(fresh);
    setError(null);
  };
  const take = (): number => {
    asked.current += 1;
    return asked.current;
  };
  const load = async (signal?: AbortSignal) => {
    const turn = take();
    try {
      const fresh = await api.get<Import>(`imports/${id}/`, { signal });
      if (fresh.project !== project.value.id) throw notFound("There is no such import in this project.");
      show(fresh, turn);
    } catch (thrown) {
      if (!signal?.aborted) setError(thrown);
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    const ends = [
      events.on("import", (told) => told.id === id && void load(abort.signal)),
      events.onGap(() => void load(abort.signal)),
    ];
    void load(abort.signal);
    return () => {
      abort.abort();
      for (const end of ends) end();
      setOne(null);
    };
  }, [id]);
  const working = one !== null && isWorking(one);
  useEffect(() => {
    if (!working) return;
    const timer = setInterval(() => void load(), POLL_MS);
    return () => clearInterval(timer);
  }, [working, id]);
  return {
    one: one?.id === id ? one : null,
    error,
    put: (fresh) => show(fresh, take()),
    reload: () => void load(),
  };
}
