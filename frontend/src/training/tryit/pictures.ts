/** Pictures that somebody shows the model: nothing of them leaves the device. */
import type { Model, Seen } from "./model";

export interface Shown {
  readonly id: number;
  readonly file: File;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** Null while the model looks at it. */
  readonly seen: Seen | null;
}

/** Upright, whatever its EXIF says. Fails where it is no picture that this browser knows. */
export async function open(id: number, file: File): Promise<{ shown: Shown; bitmap: ImageBitmap }> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const shown = { id, file, url: URL.createObjectURL(file), width, height, seen: null };
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
