import { useEffect, useRef } from "preact/hooks";
import type { Box } from "../../annotator/core/geometry";
import { apiUrl } from "../../api/client";
import { fileFor, type Region, regionOf } from "./cutting";
import { wantPicture } from "./pictures";
import type { Crop } from "./reviewState";

/** The annotation's part of its picture, drawn once it is here. */
export function CropPicture({ crop, side }: { crop: Crop; side: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { image, was } = crop;
  const box = (crop.now ?? was).box;
  useEffect(() => {
    const pixels = Math.round(side * Math.min(2, devicePixelRatio));
    const region = regionOf({ box }, image);
    const url = apiUrl(`images/${image.id}/${fileFor(region, image, pixels)}/`);
    return wantPicture(url, (picture) => {
      if (canvas.current) draw(canvas.current, pixels, picture, region, image.width);
    });
  }, [image.id, box, side]);
  return (
    <>
      <canvas ref={canvas} class="crop-picture" />
      {box && <Frame box={box} region={regionOf({ box }, image)} />}
    </>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  pixels: number,
  picture: HTMLImageElement,
  region: Region,
  width: number,
): void {
  canvas.width = pixels;
  canvas.height = pixels;
  const context = canvas.getContext("2d");
  if (!context) return;
  const scale = picture.naturalWidth / width;
  const zoom = pixels / region.side;
  context.imageSmoothingQuality = "high";
  // What lies beyond the picture stays empty: only its own part is drawn.
  const [left, top] = [Math.max(0, region.left), Math.max(0, region.top)];
  const right = Math.min(picture.naturalWidth / scale, region.left + region.side);
  const bottom = Math.min(picture.naturalHeight / scale, region.top + region.side);
  context.drawImage(
    picture,
    ...([left * scale, top * scale, (right - left) * scale, (bottom - top) * scale] as const),
    ...([(left - region.left) * zoom, (top - region.top) * zoom] as const),
    ...([(right - left) * zoom, (bottom - top) * zoom] as const),
  );
}

function Frame({ box, region }: { box: Box; region: Region }) {
  const { side, left, top } = region;
  const share = (pixels: number) => `${(pixels / side) * 100}%`;
  const style = {
    ...{ left: share(box.x_min - left), top: share(box.y_min - top) },
    ...{ width: share(box.x_max - box.x_min), height: share(box.y_max - box.y_min) },
  };
  return <span class="crop-box" style={style} aria-hidden="true" />;
}
