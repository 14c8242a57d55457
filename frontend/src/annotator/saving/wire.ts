/** Annotations between the API's JSON and the core's records; nothing else converts. */
import type {
  AnnotationContent,
  Annotation as WireAnnotation,
  Suggestion as WireSuggestion,
} from "../../api/types";
import type { Annotation } from "../core/annotation";
import type { Box } from "../core/geometry";
import type { Guess, Suggestion } from "../core/suggestions";

function boxOf(wire: WireAnnotation | WireSuggestion): Box | null {
  const { x_min, y_min, x_max, y_max } = wire;
  if (x_min == null || y_min == null || x_max == null || y_max == null) return null;
  return { x_min, y_min, x_max, y_max };
}

export function fromWire(wire: WireAnnotation): Annotation {
  return {
    id: wire.id,
    label: wire.label,
    box: boxOf(wire),
    source: wire.source,
    score: wire.score,
    ...(wire.attributes ? { attributes: wire.attributes } : {}),
    author: wire.created_by?.name ?? null,
    updated: wire.updated_at,
  };
}

function guessFrom({ id, label, score }: WireSuggestion): Guess {
  return { id, label, box: null, source: "model", score, author: null, updated: null };
}

/** Boxes, and labels of the whole image. */
export function suggestionsFrom(wires: readonly WireSuggestion[]): { all: Suggestion[]; guesses: Guess[] } {
  const all = wires.flatMap((wire) => {
    const box = boxOf(wire);
    return box ? { ...guessFrom(wire), box } : [];
  });
  return { all, guesses: wires.filter((wire) => !boxOf(wire)).map(guessFrom) };
}

export function toContent(annotation: Annotation): AnnotationContent {
  const { id, label, box, source, score, attributes } = annotation;
  return { id, label, ...(box ?? {}), source, score, ...(attributes ? { attributes } : {}) };
}
