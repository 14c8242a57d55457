/** Pictures that somebody shows the model: nothing of them leaves the device until it is sent to the queue. */
import { api } from "../../../api/client";
import type { Artifact, Ingested } from "../../../api/types";
import type { Model, Seen } from "./model";
import type { Found } from "./protocol";

const MOST_BOXES = 100;

export interface Shown {
  readonly id: number;
  readonly file: File;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** Null while the model looks at it. */
  readonly seen: Seen | null;
  /** The image that it became in the queue. */
  readonly image: number | null;
}

/** Upright, whatever its EXIF says. Fails where it is no picture that this browser knows. */
export async function open(id: number, file: File): Promise<{ shown: Shown; bitmap: ImageBitmap }> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const shown = { id, file, url: URL.createObjectURL(file), width, height, seen: null, image: null };
  return { shown, bitmap };
}

/** What the model finds in the film's current frame. */
export async function look(model: Model, film: HTMLVideoElement): Promise<Seen> {
  return model.find(await createImageBitmap(film));
}

/** The film's current frame as a file. */
export async function frameOf(film: HTMLVideoElement, name: string): Promise<File> {
  const canvas = new OffscreenCanvas(film.videoWidth, film.videoHeight);
  canvas.getContext("2d")?.drawImage(film, 0, 0);
  return new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })], name, {
    type: "image/jpeg",
  });
}

/** Into the unlabelled queue, with what the model found as suggestions. */
export function sendToQueue(project: number, artifact: Artifact, shown: Shown): Promise<Ingested> {
  const body = new FormData();
  body.append("file", shown.file);
  body.append("sha256", artifact.sha256);
  body.append(
    "boxes",
    JSON.stringify((shown.seen?.found ?? []).slice(0, MOST_BOXES).flatMap(inPixels(shown))),
  );
  return api.post<Ingested>(`projects/${project}/ingest/`, body);
}

const inPixels =
  ({ width, height }: Shown) =>
  ({ label, score, box }: Found) =>
    box
      ? [
          {
            label,
            score,
            x_min: box[0] * width,
            y_min: box[1] * height,
            x_max: box[2] * width,
            y_max: box[3] * height,
          },
        ]
      : [];
