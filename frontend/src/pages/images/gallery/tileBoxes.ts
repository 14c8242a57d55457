import { useEffect, useMemo, useState } from "preact/hooks";
import { fetchTileBoxes, type TileBox } from "../../../api/fetchers";
import type { Image, Project } from "../../../api/types";
import { colouredBoxes, type DrawnBox } from "../../../ui/boxes";
import { BoxBatch } from "./boxBatch";

// Lists never carry annotations. The boxes of the tiles in view come afterwards, in one request, and only once
// scrolling has come to rest, so that a fast scroll through thousands asks for nothing.

const AT_REST_MS = 60;
const AT_ONCE = 200;
const KEPT = 1000;

const NONE: readonly TileBox[] = [];
const cache = new Map<string, readonly TileBox[]>();
const batch = new BoxBatch(fetchTileBoxes, AT_REST_MS, AT_ONCE);

function remember(key: string, boxes: readonly TileBox[]): void {
  cache.set(key, boxes);
  const oldest = cache.keys().next().value;
  if (cache.size > KEPT && oldest !== undefined) cache.delete(oldest);
}

/** Until the boxes of a new revision are here, those of the one before stay. */
export function useTileBoxes(image: Image, { id: project, labels }: Project): DrawnBox[] {
  const key = `${image.id}:${image.revision}`;
  const [boxes, setBoxes] = useState<readonly TileBox[]>(() => cache.get(key) ?? NONE);
  useEffect(() => {
    const known = image.annotation_count === 0 ? NONE : cache.get(key);
    if (known) {
      setBoxes(known);
      return;
    }
    return batch.want({ project, image: image.id }, (found) => {
      remember(key, found);
      setBoxes(found);
    });
  }, [key]);
  return useMemo(() => colouredBoxes(boxes, labels), [boxes, labels]);
}
