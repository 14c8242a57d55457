import { useCallback, useEffect, useState } from "preact/hooks";

export interface Loaded<Value> {
  /** The newest value; the old one stays while a reload runs. */
  readonly value: Value | null;
  readonly error: unknown;
  reload(): void;
}

/** Loads when `key` changes (null: not at all), and again on `reload`. A late answer for an old key is dropped. */
export function useLoaded<Value>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<Value>,
): Loaded<Value> {
  const [state, setState] = useState<{ key: string | null; value: Value | null; error: unknown }>({
    key,
    value: null,
    error: null,
  });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => !abort.signal.aborted && setState({ key, value, error: null }),
      (error) =>
        !abort.signal.aborted &&
        setState((old) => ({ key, value: old.key === key ? old.value : null, error })),
    );
    return () => abort.abort();
  }, [key, tries]);
  const reload = useCallback(() => setTries((count) => count + 1), []);
  const isCurrent = state.key === key;
  return { value: isCurrent ? state.value : null, error: isCurrent ? state.error : null, reload };
}
