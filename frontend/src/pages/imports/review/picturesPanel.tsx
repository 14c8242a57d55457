import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import { sentence } from "../../../api/errors";
import type { ImportReview, ReviewImage } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { Boxes } from "../../../ui/boxes";
import { Button } from "../../../ui/button";
import { LabelName } from "../../../ui/label";
import { useLoaded } from "../../../ui/useLoaded";
import type { Colors } from "./colors";
import { PictureViewer } from "./pictureViewer";
import { type Drawn, drawn } from "./reviewBoxes";

const MOST = 12;

interface PicturesPanelProps {
  id: number;
  review: ImportReview;
  colors: Colors;
}

/** Twelve pictures from all over the archive, with what would come in on them. */
export function PicturesPanel({ id, review, colors }: PicturesPanelProps) {
  const pictures = useLoaded(`review-images-${id}`, (signal) =>
    api.get<ReviewImage[]>(`imports/${id}/review/images/`, { signal }),
  );
  const [open, setOpen] = useState<number | null>(null);
  const list = pictures.value;
  const marksOf = (image: ReviewImage) => drawn(image, colors);
  const shown = open === null ? null : list?.[open];
  return (
    <section class="panel" aria-label="Pictures">
      <header>
        <h2>Pictures</h2>
        <span class="small faint grow">
          {list && list.length === MOST && "Twelve of all, as they would come in"}
        </span>
      </header>
      <div class="body">
        {pictures.error !== null && (
          <p class="row wraps">
            <span class="dim">{sentence(pictures.error)}</span>
            <Button size="sm" onClick={pictures.reload}>
              Try again
            </Button>
          </p>
        )}
        {list?.length === 0 && <p class="dim">The archive holds no picture that can be imported.</p>}
        {!list && !pictures.error && <Waiting images={review.images.new + review.images.known} />}
        <ul class="review-pictures">
          {list?.map((image, place) => (
            <li key={image.number} style={shapeOf(image)}>
              <button type="button" onClick={() => setOpen(place)} aria-label={`Open ${image.name}`}>
                <Picture image={image} marks={marksOf(image)} />
              </button>
            </li>
          ))}
        </ul>
      </div>
      {list && shown && open !== null && (
        <PictureViewer
          image={shown}
          marks={marksOf(shown)}
          place={`${open + 1} of ${list.length}`}
          onStep={(step) => setOpen((open + step + list.length) % list.length)}
          close={() => setOpen(null)}
        />
      )}
    </section>
  );
}

function Waiting({ images }: { images: number }) {
  const tiles = Array.from({ length: Math.min(MOST, images) }, (_, place) => place);
  return (
    <ul class="review-pictures" aria-hidden="true">
      {tiles.map((place) => (
        <li key={place} style="--a:1.333">
          <span class="review-picture sk late" style="--w:4;--h:3" />
        </li>
      ))}
    </ul>
  );
}

function Picture({ image, marks }: { image: ReviewImage; marks: Drawn }) {
  const { hasBoxes } = TASKS[useProject().project.value.task];
  const { width, height, url, name } = image;
  return (
    <>
      <span class="review-picture" style={`--w:${width};--h:${height}`}>
        <img src={url} alt="" width={width} height={height} loading="lazy" decoding="async" />
        <Boxes width={width} height={height} boxes={marks.boxes} />
      </span>
      {hasBoxes ? (
        <span class="small faint cut">{name}</span>
      ) : (
        <span class="small row picture-labels">
          {marks.labels.length === 0 && <span class="faint">no label</span>}
          {marks.labels.map((label) => (
            <LabelName key={label.name} label={label} />
          ))}
        </span>
      )}
    </>
  );
}

/** The share of a row that a picture takes: its aspect, within what a row can hold. */
function shapeOf({ width, height }: ReviewImage): string {
  return `--a:${Math.min(2.4, Math.max(0.6, width / height)).toFixed(3)}`;
}
