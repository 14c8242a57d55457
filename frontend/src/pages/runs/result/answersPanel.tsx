import { useMemo, useState } from "preact/hooks";
import { apiUrl } from "../../../api/client";
import type { ClassificationEvaluation } from "../../../api/types";
import { useProject } from "../../../app/project";
import { Button } from "../../../ui/button";
import { Segmented } from "../../../ui/choice";
import { Icon } from "../../../ui/icons";
import { LabelDot } from "../../../ui/label";
import { type Answer, wrongFirst } from "./answers";
import { moreText, sampleText } from "./judgedImages";
import { useLabelColors } from "./useLabelColors";
import { type ImageFacts, tileShape } from "./validationImage";

const PAGE = 24;

type Show = "all" | "wrong" | "right";

/** The split's pictures with the model's answer, the surest mistakes first. */
export function AnswersPanel({ evaluation }: { evaluation: ClassificationEvaluation }) {
  const [show, setShow] = useState<Show>("all");
  const [limit, setLimit] = useState(PAGE);
  const answers = useMemo(() => wrongFirst(evaluation.predictions), [evaluation]);
  const wrong = answers.filter((answer) => !answer.right).length;
  const list = answers.filter(
    (answer) => evaluation.images[answer.image] && (show === "all" || answer.right === (show === "right")),
  );
  return (
    <section
      class="panel"
      aria-label={`Pictures of ${evaluation.split}`}
      data-testid={evaluation.split === "test" ? "test-pictures" : "pictures"}
    >
      <header class="wraps">
        <h2>What it sees on {evaluation.split}</h2>
        <span class="small faint">{sampleText(evaluation.predictions, evaluation.image_count)}</span>
        <Segmented<Show>
          label="Show pictures"
          value={show}
          choices={[
            { value: "all", name: `All ${answers.length}` },
            { value: "wrong", name: `Wrong ${wrong}` },
            { value: "right", name: `Right ${answers.length - wrong}` },
          ]}
          onPick={setShow}
        />
      </header>
      <div class="body">
        {list.length === 0 && <p class="dim">{show === "wrong" ? "None is wrong." : "None."}</p>}
        <ul class="pictures">
          {list.slice(0, limit).map((answer) => (
            <li key={answer.image} style={tileShape(evaluation.images[answer.image]!)}>
              <AnswerTile answer={answer} image={evaluation.images[answer.image]!} />
            </li>
          ))}
        </ul>
        {list.length > limit && (
          <Button onClick={() => setLimit(limit + PAGE)}>{moreText(list.length - limit, PAGE)}</Button>
        )}
      </div>
    </section>
  );
}

function AnswerTile({ answer, image }: { answer: Answer; image: ImageFacts }) {
  const { project } = useProject();
  const colorOf = useLabelColors();
  return (
    <a href={`/p/${project.value.slug}/label/${image.id}`} title={image.name}>
      <span class="picture" style={`--w:${image.width};--h:${image.height}`}>
        <img
          src={apiUrl(`images/${image.id}/thumbnail/`)}
          alt={image.name}
          width={image.width}
          height={image.height}
          loading="lazy"
          decoding="async"
        />
      </span>
      <span class="small row">
        <Icon name={answer.right ? "check" : "x"} class={answer.right ? "good" : "bad"} />
        <LabelDot color={colorOf(answer.truth)} />
        <span class="cut">
          {answer.truth}
          {answer.right ? "" : `, seen as ${answer.said}`}
        </span>
        <span class="mono faint">{answer.score.toFixed(2)}</span>
      </span>
    </a>
  );
}
