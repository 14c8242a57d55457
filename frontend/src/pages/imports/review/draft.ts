/** What was decided in a review so far: it outlives a reload of the page, not the tab. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { LabelTarget, OnKnown } from "../../../api/types";
import type { Chosen } from "./mapping";

export interface Draft {
  readonly chosen: Chosen;
  readonly onKnown: OnKnown;
  readonly splits: boolean;
}

interface Stored {
  chosen: [name: string, target: LabelTarget][];
  onKnown: OnKnown;
  splits: boolean;
}

const UNTOUCHED: Draft = { chosen: new Map(), onKnown: "add", splits: true };

export function asText({ chosen, onKnown, splits }: Draft): string {
  return JSON.stringify({ chosen: [...chosen], onKnown, splits } satisfies Stored);
}

/** As nothing was decided, where there is no text or another version of this page wrote it. */
export function fromText(text: string | null): Draft {
  if (!text) return UNTOUCHED;
  try {
    const { chosen, onKnown, splits } = { ...UNTOUCHED, ...(JSON.parse(text) as Partial<Stored>) };
    return { chosen: new Map(chosen), onKnown, splits };
  } catch {
    return UNTOUCHED;
  }
}

function keyOf(id: number): string {
  return `boxwright.import.${id}`;
}

function stored(id: number): Draft {
  try {
    return fromText(sessionStorage.getItem(keyOf(id)));
  } catch {
    return UNTOUCHED; // the browser keeps nothing for this site
  }
}

function store(id: number, draft: Draft): void {
  try {
    sessionStorage.setItem(keyOf(id), asText(draft));
  } catch {
    // full, or kept from us: the draft lives as long as the page
  }
}

export function useDraft(id: number): [Draft, (changes: (old: Draft) => Partial<Draft>) => void] {
  const [draft, setDraft] = useState(() => stored(id));
  const change = useCallback(
    (changes: (old: Draft) => Partial<Draft>) => setDraft((old) => ({ ...old, ...changes(old) })),
    [],
  );
  useEffect(() => store(id, draft), [id, draft]);
  return [draft, change];
}
