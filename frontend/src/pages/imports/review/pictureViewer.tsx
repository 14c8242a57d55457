import type { ReviewImage } from "../../../api/types";
import { Boxes } from "../../../ui/boxes";
import { IconButton } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { LabelName } from "../../../ui/label";
import type { Drawn } from "./reviewBoxes";

interface PictureViewerProps {
  image: ReviewImage;
  marks: Drawn;
  /** "3 of 12". */
  place: string;
  onStep: (step: 1 | -1) => void;
  close: () => void;
}

/** One picture, large; arrows go on to the next. */
export function PictureViewer({ image, marks, place, onStep, close }: PictureViewerProps) {
  const { width, height, name, url } = image;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowRight") onStep(1);
    if (event.key === "ArrowLeft") onStep(-1);
  };
  return (
    <Dialog title={name} close={close} wide>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut for the two buttons below */}
      <div class="body" onKeyDown={onKeyDown}>
        <span class="review-large">
          <span class="review-picture large" style={`--w:${width};--h:${height}`}>
            <img key={url} src={url} alt={name} width={width} height={height} />
            <Boxes width={width} height={height} boxes={marks.boxes} />
          </span>
        </span>
        <div class="row wraps">
          <span class="row wraps grow small" role="status">
            {marks.labels.length === 0 && <span class="faint">Nothing comes in on it.</span>}
            {marks.labels.map((label) => (
              <LabelName key={label.name} label={label} />
            ))}
          </span>
          <span class="row">
            <IconButton icon="left" label="Previous picture" onClick={() => onStep(-1)} autofocus />
            <span class="small faint nowrap">{place}</span>
            <IconButton icon="right" label="Next picture" onClick={() => onStep(1)} />
          </span>
        </div>
      </div>
    </Dialog>
  );
}
