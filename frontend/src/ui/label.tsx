import type { Label } from "../api/types";

/** The server's palette, in order of assignment; the same colours serve both themes. */
export const LABEL_COLORS: readonly string[] = [
  "#AA53FB",
  "#F5A420",
  "#92FEF9",
  "#EAF17D",
  "#D4651C",
  "#0D9298",
  "#72CCAB",
  "#B69AFC",
  "#DFB9FC",
  "#79A67A",
  "#B7E6B7",
  "#CE70C7",
];
const PATTERN_NAMES = ["", "double", "knots"];

/** Of each label, how many before it have its colour: the line that tells them apart. Lines repeat too. */
export function patternsOf(labels: readonly Pick<Label, "color">[]): number[] {
  const seen = new Map<string, number>();
  return labels.map(({ color }) => {
    const before = seen.get(color.toUpperCase()) ?? 0;
    seen.set(color.toUpperCase(), before + 1);
    return before % PATTERN_NAMES.length;
  });
}

/** The first colour that none of `taken` has; after the last they repeat. */
export function nextColor(taken: readonly string[]): string {
  const used = new Set(taken.map((color) => color.toUpperCase()));
  return LABEL_COLORS.find((color) => !used.has(color)) ?? LABEL_COLORS[taken.length % LABEL_COLORS.length]!;
}

/** `pattern`: as on the label's boxes. */
export function LabelDot({ color, pattern = 0 }: { color: string; pattern?: number | undefined }) {
  return <span class={`dot ${PATTERN_NAMES[pattern]}`} style={{ "--c": color }} aria-hidden="true" />;
}

export function LabelName({ label }: { label: Pick<Label, "name" | "color"> }) {
  return (
    <span class="row nowrap">
      <LabelDot color={label.color} />
      <span class="cut">{label.name}</span>
    </span>
  );
}
