import type { ReviewImage } from "../../../api/types";
import type { DrawnBox } from "../../../ui/boxes";
import type { Colors } from "./colors";

export interface Drawn {
  readonly boxes: DrawnBox[];
  /** Labels on the picture that are taken, each once. */
  readonly labels: readonly { name: string; color: string }[];
}

/** What would come in on a picture, in the colours that it would have. What is ignored is left out. */
export function drawn({ annotations }: ReviewImage, colors: Colors): Drawn {
  const boxes: DrawnBox[] = [];
  const names = new Set<string>();
  for (const [place, { label, x_min, y_min, x_max, y_max }] of annotations.entries()) {
    const color = colors.get(label);
    if (color === undefined) continue;
    names.add(label);
    if (x_min === undefined || y_min === undefined || x_max === undefined || y_max === undefined) continue;
    boxes.push({ id: String(place), color, x_min, y_min, x_max, y_max });
  }
  return { boxes, labels: [...names].map((name) => ({ name, color: colors.get(name) ?? "" })) };
}
