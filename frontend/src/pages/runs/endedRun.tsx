import { useState } from "preact/hooks";
import type { Run } from "../../api/types";
import { useProject } from "../../app/project";
import { navigate } from "../../app/router";
import { useOwnPrimary } from "../../app/shell/pagePrimary";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { toastError } from "../../ui/toast";
import { resumeRun, startFromRandom } from "./actions";
import { LossPanel, ScorePanel } from "./curvePanels";
import type { NamedEpochs } from "./curves";
import { LogPanel } from "./logPanel";
import { failureTitle } from "./runTexts";
import { SettingsPanel } from "./settingsPanel";

interface EndedRunProps {
  run: Run;
  mine: NamedEpochs;
  other: NamedEpochs | null;
  put: (run: Run) => void;
}

/** A run that failed or was canceled: why, what is kept, how to go on. */
export function EndedRun({ run, mine, other, put }: EndedRunProps) {
  const hasFailed = run.status === "failed";
  return (
    <>
      <section
        class={`panel outcome ${hasFailed ? "bad" : ""}`}
        role={hasFailed ? "alert" : undefined}
        data-testid="run-error"
      >
        <Icon name={hasFailed ? "warn" : "stop"} />
        <div class="grow">
          <h2>{hasFailed ? failureTitle(run.error?.code ?? "") : stoppedTitle(run)}</h2>
          {!hasFailed && run.error && <p>{run.error.detail}</p>}
          <p>
            {hasFailed
              ? (run.error?.detail ?? "It gave no reason: see the log.")
              : keptText(mine.epochs.length)}
          </p>
          {hasFailed && mine.epochs.length > 0 && <p class="dim">{keptText(mine.epochs.length)}</p>}
        </div>
        <WaysOn run={run} hasCheckpoint={mine.epochs.length > 0} put={put} />
      </section>
      <SettingsPanel run={run} />
      <LogPanel run={run} />
      {mine.epochs.length > 0 && (
        <div class="cols two-one">
          <ScorePanel run={run} mine={mine} other={other} />
          <LossPanel run={run} mine={mine} />
        </div>
      )}
    </>
  );
}

const stoppedTitle = ({ error }: Run): string => (error?.code === "hopeless" ? "Stopped early" : "Canceled");

function WaysOn({ run, hasCheckpoint, put }: { run: Run; hasCheckpoint: boolean; put: (run: Run) => void }) {
  const { project, may } = useProject();
  const [isBusy, setBusy] = useState(false);
  useOwnPrimary(may("manager"));
  if (!may("manager")) return null;
  const lacksWeights = run.error?.code === "weights_unavailable";
  const start = (ask: () => Promise<Run>, take: (run: Run) => void) => {
    setBusy(true);
    ask()
      .then(take, toastError)
      .finally(() => setBusy(false));
  };
  const open = (next: Run) => navigate(`/p/${project.value.slug}/runs/${next.number}`);
  return (
    <div class="row acts">
      <Button
        look={lacksWeights ? "normal" : "primary"}
        busy={isBusy}
        onClick={() => start(() => resumeRun(run), put)}
        data-testid="resume-run"
      >
        {hasCheckpoint ? "Resume" : "Try again"}
      </Button>
      {lacksWeights && (
        <Button
          look="primary"
          busy={isBusy}
          onClick={() => start(() => startFromRandom(run), open)}
          data-testid="start-random"
        >
          Start from random weights
        </Button>
      )}
    </div>
  );
}

function keptText(epochs: number): string {
  if (epochs === 0) return "No epoch was finished. Images and labels are untouched.";
  return `${epochs === 1 ? "1 epoch is" : `${epochs} epochs are`} kept: resuming goes on from the last checkpoint.`;
}
