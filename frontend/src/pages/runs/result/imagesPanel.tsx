import { useMemo, useState } from "preact/hooks";
import type { DetectionEvaluation } from "../../../api/types";
import { Button } from "../../../ui/button";
import { Segmented } from "../../../ui/choice";
import { Select } from "../../../ui/field";
import { ScoreSlider } from "../../../ui/scoreSlider";
import { ImageViewer } from "./imageViewer";
import {
  caption,
  inOrder,
  judge,
  mistakesFirst,
  moreText,
  type Show,
  sampleText,
  shown,
} from "./judgedImages";
import { BoxLegend, tileShape, ValidationImage } from "./validationImage";

const PAGE = 24;

const KINDS: readonly { readonly value: Show; readonly name: string }[] = [
  { value: "all", name: "All" },
  { value: "missed", name: "Missed" },
  { value: "wrong", name: "Wrong" },
];

interface ImagesPanelProps {
  evaluation: DetectionEvaluation;
  score: number;
  /** The score whose mistakes order the pictures. */
  orderScore: number;
  onScore: (score: number) => void;
}

/** The split's pictures with truth and model over each other, the most mistakes first. */
export function ImagesPanel({ evaluation, score, orderScore, onScore }: ImagesPanelProps) {
  const [show, setShow] = useState<Show>("all");
  const [label, setLabel] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const [open, setOpen] = useState<string | null>(null);
  const { predictions, images } = evaluation;
  const order = useMemo(() => mistakesFirst(judge(predictions, orderScore)), [predictions, orderScore]);
  const judged = useMemo(() => inOrder(judge(predictions, score), order), [predictions, order, score]);
  const list = shown(judged, show, label).filter((one) => images[one.prediction.image]);
  const at = list.findIndex((one) => one.prediction.image === open);
  return (
    <section
      class="panel"
      aria-label={`Pictures of ${evaluation.split}`}
      data-testid={evaluation.split === "test" ? "test-pictures" : "pictures"}
    >
      <header class="wraps">
        <h2>What it sees on {evaluation.split}</h2>
        <span class="small faint">{sampleText(predictions, evaluation.image_count)}</span>
        <Segmented<Show>
          label="Show pictures"
          value={show}
          choices={KINDS.map(({ value, name }) => ({
            value,
            name: `${name} ${shown(judged, value, label).length}`,
          }))}
          onPick={(next) => {
            setShow(next);
            setLimit(PAGE);
          }}
        />
        <LabelChoice labels={evaluation.labels} value={label} onPick={setLabel} />
        <ScoreSlider value={score} onValue={onScore} testId="score-slider" />
        <BoxLegend />
      </header>
      <div class="body">
        {list.length === 0 && <p class="dim">No picture like that at this score.</p>}
        <ul class="pictures">
          {list.slice(0, limit).map((one) => (
            <li key={one.prediction.image} style={tileShape(images[one.prediction.image]!)}>
              <button type="button" onClick={() => setOpen(one.prediction.image)}>
                <ValidationImage
                  prediction={one.prediction}
                  image={images[one.prediction.image]!}
                  score={score}
                />
                <span class="small dim">{caption(one)}</span>
              </button>
            </li>
          ))}
        </ul>
        {list.length > limit && (
          <Button onClick={() => setLimit(limit + PAGE)}>{moreText(list.length - limit, PAGE)}</Button>
        )}
      </div>
      {at >= 0 && (
        <ImageViewer
          judged={list[at]!}
          image={images[list[at]!.prediction.image]!}
          score={score}
          place={`${at + 1} of ${list.length}`}
          onStep={(step) => setOpen(list[(at + step + list.length) % list.length]!.prediction.image)}
          close={() => setOpen(null)}
        />
      )}
    </section>
  );
}

interface LabelChoiceProps {
  labels: DetectionEvaluation["labels"];
  value: string;
  onPick: (label: string) => void;
}

function LabelChoice({ labels, value, onPick }: LabelChoiceProps) {
  if (labels.length < 2) return null;
  const named = labels.map(({ name }) => ({ value: name, name }));
  return (
    <Select
      label="Label"
      value={value}
      options={[{ value: "", name: "All labels" }, ...named]}
      onPick={onPick}
    />
  );
}
