import type { JSX } from "preact";
import { api } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import type { Comparison, Evaluation, Run } from "../../../api/types";
import { setQuery } from "../../../app/router";
import { Select } from "../../../ui/field";
import { counted } from "../../../ui/figures";
import { Failed, Skeleton } from "../../../ui/states";
import { useLoaded } from "../../../ui/useLoaded";
import { ArtifactsPanel } from "../artifacts/artifactsPanel";
import { LossPanel, ScorePanel } from "../curvePanels";
import type { NamedEpochs } from "../curves";
import { LogPanel } from "../logPanel";
import { tookText } from "../runTexts";
import { SettingsPanel } from "../settingsPanel";
import { TryPanel } from "../tryit/tryPanel";
import { BeforePanel } from "./beforePanel";
import { clearChanges } from "./certainty";
import { CertaintyPanel } from "./certaintyPanel";
import { ClassificationResult } from "./classificationResult";
import { DetectionResult } from "./detectionResult";
import { DiagnosesPanel } from "./diagnosesPanel";
import { evaluationFigures } from "./evaluationFigures";
import { FigureRow } from "./figureRow";
import { StartPanel } from "./startPanel";
import { SuggestionsPanel } from "./suggestionsPanel";
import { TestSplitPanel } from "./testSplitPanel";

interface FinishedRunProps {
  run: Run;
  /** The run that changes are measured against. */
  before: Run | null;
  mine: NamedEpochs;
  other: NamedEpochs | null;
  runs: readonly Run[];
}

/** A run that succeeded: its numbers, its artifacts, what it sees, how it got there. */
export function FinishedRun({ run, before, mine, other, runs }: FinishedRunProps) {
  const result = useEvaluation(run.id);
  const earlier = useEvaluation(before?.id ?? null);
  const evaluation = result.value;
  const comparable = earlier.value?.task === evaluation?.task ? earlier.value : null;
  const comparison = useComparison(run.id, evaluation && comparable ? (before?.id ?? null) : null);
  const isMissing = result.error instanceof ApiError && result.error.status === 404;
  return (
    <>
      <div class="row facts small dim">
        <span class="grow">{factsText(run)}</span>
        <CompareChoice run={run} before={before} runs={runs} />
      </div>
      {evaluation && <DiagnosesPanel diagnoses={evaluation.diagnoses} />}
      {evaluation && (
        <>
          <FigureRow
            figures={evaluationFigures(evaluation, comparable)}
            other={before}
            clear={clearChanges(comparison)}
          />
          <CertaintyPanel evaluation={evaluation} comparison={comparison} other={before} />
          {evaluation.before && <BeforePanel before={evaluation.before} task={evaluation.task} />}
        </>
      )}
      {!evaluation && !result.error && <FigureSkeleton />}
      {isMissing && (
        <p class="panel note">This run has no evaluation: its snapshot has no validation images.</p>
      )}
      {result.error && !isMissing ? <Failed error={result.error} retry={result.reload} /> : null}
      <TestSplitPanel run={run} />
      <SuggestionsPanel run={run} />
      <ArtifactsPanel run={run} />
      <TryPanel run={run} />
      {evaluation && <Result run={run} evaluation={evaluation} before={comparable} />}
      {evaluation?.start && <StartPanel start={evaluation.start} />}
      <div class="cols two-one">
        <ScorePanel run={run} mine={mine} other={other} />
        <LossPanel run={run} mine={mine} />
      </div>
      <SettingsPanel run={run} />
      <LogPanel run={run} />
    </>
  );
}

interface ResultProps {
  run: Run;
  evaluation: Evaluation;
  before: Evaluation | null;
}

function Result({ run, evaluation, before }: ResultProps): JSX.Element {
  switch (evaluation.task) {
    case "detection": {
      const earlier = before?.task === "detection" ? before : null;
      return <DetectionResult run={run} evaluation={evaluation} before={earlier} />;
    }
    case "classification":
      return <ClassificationResult run={run} evaluation={evaluation} />;
  }
}

function useEvaluation(run: number | null) {
  return useLoaded(run === null ? null : `evaluation ${run}`, (signal) =>
    api.get<Evaluation>(`runs/${run}/evaluation/`, { signal }),
  );
}

/** The change on the images that both runs were evaluated on. */
function useComparison(run: number, other: number | null): Comparison | null {
  return useLoaded(other === null ? null : `comparison ${run} ${other}`, (signal) =>
    api.get<Comparison>(`runs/${run}/comparison/${other}/`, { signal }),
  ).value;
}

function factsText(run: Run): string {
  const took = tookText(run);
  const parts = [
    counted(run.epochs, "epoch"),
    run.images ? `${run.images.train} training and ${run.images.val} validation images` : "",
    took ? `took ${took}` : "",
    run.created_by ? `by ${run.created_by.name}` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

function CompareChoice({ run, before, runs }: { run: Run; before: Run | null; runs: readonly Run[] }) {
  const others = runs.filter((one) => one.status === "succeeded" && one.id !== run.id);
  if (!before || others.length === 0) return null;
  return (
    <span class="row compare">
      Compare with
      <Select
        label="Compare with run"
        value={String(before.number)}
        options={others.map((one) => ({ value: String(one.number), name: `run ${one.number}` }))}
        onPick={(number) => setQuery({ with: number }, { replace: true })}
      />
    </span>
  );
}

function FigureSkeleton() {
  return (
    <section class="panel figures" aria-busy="true" aria-label="Results">
      {Array.from({ length: 12 }, (_, index) => (
        <div key={index}>
          <Skeleton width={40} />
          <Skeleton width={56} height={18} />
        </div>
      ))}
    </section>
  );
}
