/** What a run began with, in words. Pure. */

import type { Evaluation } from "../../../api/types";
import { counted, percent } from "../../../ui/figures";

export type Start = NonNullable<Evaluation["start"]>;
type LabelOrigin = Start["labels"][number];

export const lineageText = ({ lineage }: Start): string =>
  lineage.length === 0 ? "Random weights" : lineage.join(", then ");

/** "carried over", "from cat (75.0 %)". */
export function labelOriginText({ how, base_label, share }: LabelOrigin): string {
  if (how === "carried") return "carried over";
  if (how === "mean") return "from the mean of all labels: no image showed it";
  if (how === "random") return "random";
  return share === null || share > 0.995 ? `from ${base_label}` : `from ${base_label} (${percent(share)})`;
}

/** "It learned from 12 new images, beside 12 of 80 old ones an epoch". */
export const replayText = ({ new: fresh, old, replayed }: NonNullable<Start["replay"]>): string =>
  `It learned from ${counted(fresh, "new image")}, beside ${replayed} of ${old} old ones an epoch.`;

/** "1,000 of 2,000 parameters held still, 13 of 70 layers". */
export function heldText({ frozen }: Start): string {
  const [still, all] = [frozen.still, frozen.parameters].map((count) => count.toLocaleString("en"));
  if (frozen.still === 0) return `All ${all} parameters learned`;
  return `${still} of ${all} parameters held still, ${frozen.still_layers} of ${frozen.layers} layers`;
}
