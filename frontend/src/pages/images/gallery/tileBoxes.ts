import { useEffect, useMemo, useState } from "preact/hooks";
import { fetchAnnotations } from "../../../api/fetchers";
import type { Annotation, Image, Label } from "../../../api/types";
import { type DrawnBox, drawnBoxes } from "../../../ui/boxes";

// Lists never carry annotations. The boxes of the tiles in view come afterwards, a few at a time, and only
// once scrolling has come to rest, so that a fast scroll through thousands asks for nothing.

const AT_REST_MS = 180;
const AT_ONCE = 4;
const KEPT = 600;

const cache = new Map<string, Annotation[]>();
const waiting: (() => Promise<void>)[] = [];
let running = 0;

function pump(): void {
  while (running < AT_ONCE) {
    const job = waiting.shift();
    if (!job) return;
    running += 1;
    void job().finally(() => {
      running -= 1;
      pump();
    });
  }
}

function remember(key: string, annotations: Annotation[]): void {
  cache.set(key, annotations);
  const oldest = cache.keys().next().value;
  if (cache.size > KEPT && oldest !== undefined) cache.delete(oldest);
}

export function useTileBoxes(image: Image, labels: Label[]): DrawnBox[] {
  const key = `${image.id}:${image.revision}`;
  const [annotations, setAnnotations] = useState<Annotation[]>(() => cache.get(key) ?? []);
  useEffect(() => {
    const known = cache.get(key);
    if (known || image.annotation_count === 0) {
      setAnnotations(known ?? []);
      return;
    }
    const abort = new AbortController();
    const job = async () => {
      if (abort.signal.aborted) return;
      try {
        const fetched = await fetchAnnotations(image.id, abort.signal);
        remember(key, fetched);
        setAnnotations(fetched);
      } catch {
        // the tile stands without its boxes; the next visit asks again
      }
    };
    const timer = setTimeout(() => {
      waiting.push(job);
      pump();
    }, AT_REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key]);
  return useMemo(() => drawnBoxes(annotations, labels), [annotations, labels]);
}
