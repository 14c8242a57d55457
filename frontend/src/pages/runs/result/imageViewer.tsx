import { useProject } from "../../../app/project";
import { ButtonLink, IconButton } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { caption, type Judged } from "./judgedImages";
import { BoxLegend, type ImageFacts, ValidationImage } from "./validationImage";

interface ImageViewerProps {
  judged: Judged;
  image: ImageFacts;
  score: number;
  /** "3 of 40". */
  place: string;
  onStep: (step: 1 | -1) => void;
  close: () => void;
}

/** One picture, large; arrows go on to the next. */
export function ImageViewer({ judged, image, score, place, onStep, close }: ImageViewerProps) {
  const { project, may } = useProject();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowRight") onStep(1);
    if (event.key === "ArrowLeft") onStep(-1);
  };
  return (
    <Dialog title={image.name} close={close} wide>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut for the two buttons below */}
      <div class="body viewer" onKeyDown={onKeyDown}>
        <ValidationImage prediction={judged.prediction} image={image} score={score} isLarge />
        <div class="row wraps">
          <span class="dim grow" role="status">
            {caption(judged)} at score {score.toFixed(2)}
          </span>
          <BoxLegend />
          <IconButton icon="left" label="Previous picture" onClick={() => onStep(-1)} autofocus />
          <span class="small faint">{place}</span>
          <IconButton icon="right" label="Next picture" onClick={() => onStep(1)} />
          {may("annotator") && (
            <ButtonLink href={`/p/${project.value.slug}/label/${image.id}`}>Fix labels</ButtonLink>
          )}
        </div>
      </div>
    </Dialog>
  );
}
