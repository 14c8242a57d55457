/** What of a picture shows one annotation, and from which of its files it is cut. Pure. */
import type { Annotation } from "../../annotator/core/annotation";
import type { Box } from "../../annotator/core/geometry";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A part of the picture, in its pixels; may reach beyond it. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

export type PictureFile = "thumbnail" | "preview";

/** Of a box's longer side, what is shown around it: a thing is known by where it stands. */
const AROUND = 0.2;
/** Pixels: less would be a few blurred ones. */
const LEAST = 32;
const THUMBNAIL_HEIGHT = 320;
const PREVIEW_SIDE = 1600;
/** A thumbnail that is this much of what the screen could show is sharp enough. */
const SHARP = 0.8;

/** The square around the box, or around the whole picture. */
export function regionOf({ box }: Pick<Annotation, "box">, picture: Size): Region {
  const shown: Box = box ?? { x_min: 0, y_min: 0, x_max: picture.width, y_max: picture.height };
  const [width, height] = [shown.x_max - shown.x_min, shown.y_max - shown.y_min];
  const longer = Math.max(width, height);
  const side = box ? Math.max(longer * (1 + 2 * AROUND), LEAST) : longer;
  return { left: (shown.x_min + shown.x_max - side) / 2, top: (shown.y_min + shown.y_max - side) / 2, side };
}

/** The smaller file where it is sharp enough for `pixels` of the screen. */
export function fileFor(region: Region, picture: Size, pixels: number): PictureFile {
  const thumbnail = Math.min(1, THUMBNAIL_HEIGHT / picture.height);
  const preview = Math.min(1, PREVIEW_SIDE / Math.max(picture.width, picture.height));
  return region.side * thumbnail >= SHARP * pixels || preview <= thumbnail ? "thumbnail" : "preview";
}
