import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client";
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

/** One import, kept current by events; asked for while it works, as an event may be missed. */
export function useImport(id: number): OneImport {
  const { events } = useProject();
  const [one, setOne] = useState<Import | null>(null);
  const [error, setError] = useState<unknown>(null);
  const puts = useRef(0);
  const put = (fresh: Import) => {
    puts.current += 1;
    setOne(fresh);
    setError(null);
  };
  /** An answer is dropped where something newer came while it was on its way. */
  const load = async (signal?: AbortSignal) => {
    const before = puts.current;
    try {
      const fresh = await api.get<Import>(`imports/${id}/`, { signal });
      if (puts.current === before) put(fresh);
    } catch (thrown) {
      if (!signal?.aborted) setError(thrown);
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    const ends = [
      events.on("import", (told) => told.id === id && put(told)),
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
  return { one: one?.id === id ? one : null, error, put, reload: () => void load() };
}
