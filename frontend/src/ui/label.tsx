import type { Label } from "../api/types";

/** The colours in order of assignment; the same eight serve both themes. */
export const LABEL_COLORS: readonly string[] = [
  "#AA53FB",
  "#F5A420",
  "#92FEF9",
  "#EAF17D",
  "#D4651C",
  "#0D9298",
  "#72CCAB",
  "#B69AFC",
];

/** The first colour that none of `taken` has; after eight they repeat. */
export function nextColor(taken: readonly string[]): string {
  const used = new Set(taken.map((color) => color.toUpperCase()));
  return LABEL_COLORS.find((color) => !used.has(color)) ?? LABEL_COLORS[taken.length % LABEL_COLORS.length]!;
}

export function LabelDot({ color }: { color: string }) {
  return <span class="dot" style={{ "--c": color }} aria-hidden="true" />;
}

export function LabelName({ label }: { label: Pick<Label, "name" | "color"> }) {
  return (
    <span class="row nowrap">
      <LabelDot color={label.color} />
      <span class="cut">{label.name}</span>
    </span>
  );
}
