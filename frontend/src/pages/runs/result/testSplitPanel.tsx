import { useMemo, useState } from "preact/hooks";
import { api } from "../../../api/client";
import { sentence } from "../../../api/errors";
import type { DetectionEvaluation, Evaluation, Holdout, Run, TestSplit } from "../../../api/types";
import { CancelButton } from "../../../app/cancelButton";
import { useProject } from "../../../app/project";
import { StatusBadge } from "../../../ui/badge";
import { Button } from "../../../ui/button";
import { counted } from "../../../ui/figures";
import { toastError } from "../../../ui/toast";
import { isLive } from "../runProgress";
import { AnswersPanel } from "./answersPanel";
import { CertaintyPanel } from "./certaintyPanel";
import { evaluationFigures } from "./evaluationFigures";
import { FigureRow } from "./figureRow";
import { ImagesPanel } from "./imagesPanel";
import { bestScore, sweep } from "./threshold";
import { useTestSplit } from "./useTestSplit";

const NONE: ReadonlySet<string> = new Set();

/** Images that chose nothing: evaluated when asked for, and each look is counted. */
export function TestSplitPanel({ run }: { run: Run }) {
  const { value, error, reload } = useTestSplit(run.id);
  const [report, setReport] = useState<Evaluation | null>(null);
  if (error) return <p class="panel note bad">{sentence(error)}</p>;
  if (!value || value.image_count === 0) return null;
  return (
    <>
      <section class="panel test-split" aria-label="Test split" data-testid="test-split">
        <header class="wraps">
          <h2>Test split</h2>
          <p class="small faint grow">{testSplitText(value)}</p>
          <TestSplitActs run={run} state={value} onReport={setReport} reload={reload} />
        </header>
        {value.evaluation?.error && <p class="body bad">{value.evaluation.error.detail}</p>}
      </section>
      {report && (
        <>
          <FigureRow
            figures={evaluationFigures(report, null)}
            other={null}
            clear={NONE}
            testId="test-figures"
          />
          <CertaintyPanel evaluation={report} comparison={null} other={null} />
          <TestPictures report={report} />
        </>
      )}
    </>
  );
}

/** What the counted look brought, the worst first. */
function TestPictures({ report }: { report: Evaluation }) {
  switch (report.task) {
    case "detection":
      return <DetectedPictures evaluation={report} />;
    case "classification":
      return <AnswersPanel evaluation={report} />;
  }
}

function DetectedPictures({ evaluation }: { evaluation: DetectionEvaluation }) {
  const best = useMemo(() => bestScore(sweep(evaluation.predictions)), [evaluation]);
  const [chosen, setChosen] = useState<number | null>(null);
  return <ImagesPanel evaluation={evaluation} score={chosen ?? best} orderScore={best} onScore={setChosen} />;
}

interface TestSplitActsProps {
  run: Run;
  state: TestSplit;
  onReport: (report: Evaluation) => void;
  reload: () => void;
}

function TestSplitActs({ run, state, onReport, reload }: TestSplitActsProps) {
  const { may } = useProject();
  const [isBusy, setBusy] = useState(false);
  const { evaluation } = state;
  const ask = <Answer,>(path: string, take: (answer: Answer) => void) => {
    setBusy(true);
    api
      .post<Answer>(`runs/${run.id}/test/${path}`)
      .then(take, toastError)
      .finally(() => setBusy(false));
  };
  if (evaluation && isLive(evaluation.status)) {
    return (
      <span class="row">
        <StatusBadge status={evaluation.status} />
        {may("manager") && (
          <CancelButton<Holdout> at={`runs/${run.id}/test`} name="evaluation" size="sm" onCanceled={reload} />
        )}
      </span>
    );
  }
  if (!may("manager")) return null;
  if (evaluation?.status === "succeeded") {
    return (
      <Button
        size="sm"
        busy={isBusy}
        onClick={() => ask<Evaluation>("look/", onReport)}
        data-testid="look-at-test"
      >
        Look at numbers and pictures
      </Button>
    );
  }
  return (
    <Button size="sm" busy={isBusy} onClick={() => ask<Holdout>("", reload)} data-testid="evaluate-on-test">
      {evaluation ? "Try again" : "Evaluate on test"}
    </Button>
  );
}

function testSplitText({ image_count, looks }: TestSplit): string {
  const images = counted(image_count, "image");
  const times = looks === 0 ? "not looked at yet" : `looked at ${counted(looks, "time")}`;
  return `${images} that no run trains on or is chosen by; ${times} in this project. Each look is counted.`;
}
