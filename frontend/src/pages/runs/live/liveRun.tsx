import type { Run } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { ago, duration } from "../../../ui/figures";
import { Bar, Spinner } from "../../../ui/progress";
import { Stat } from "../../../ui/stat";
import { LossPanel, ScorePanel } from "../curvePanels";
import { bestEpoch, type NamedEpochs } from "../curves";
import { LogPanel } from "../logPanel";
import { phaseText, shareDone } from "../runProgress";
import { useSecondsLeft } from "./useSecondsLeft";

interface LiveRunProps {
  run: Run;
  mine: NamedEpochs;
  other: NamedEpochs | null;
}

/** A run at work: time left first, then how well it goes. */
export function LiveRun({ run, mine, other }: LiveRunProps) {
  return (
    <>
      <Progress run={run} mine={mine} />
      <div class="cols two-one">
        <ScorePanel run={run} mine={mine} other={other} />
        <LossPanel run={run} mine={mine} />
      </div>
      <LogPanel run={run} />
    </>
  );
}

function Progress({ run, mine }: { run: Run; mine: NamedEpochs }) {
  const { project } = useProject();
  const score = TASKS[project.value.task].headline;
  const best = bestEpoch(mine.epochs, score.key);
  const share = shareDone(run);
  return (
    <section class="panel progress" aria-label="Progress">
      <dl class="stats">
        <TimeLeft run={run} />
        <Stat name="Epoch" value={String(run.epoch)} unit={`of ${run.epochs}`} />
        <Stat name="Step" value={String(run.step)} unit={run.steps ? `of ${run.steps}` : ""} />
        <Stat
          name={`${score.title}, best so far`}
          value={best ? best.score.toFixed(3) : "–"}
          unit={best ? `epoch ${best.epoch}` : ""}
        />
        <Stat name="Loss" value={run.loss === null ? "–" : run.loss.toFixed(3)} />
        {run.images && (
          <Stat name="Images" value={String(run.images.train)} unit={`train, ${run.images.val} val`} />
        )}
      </dl>
      <div class="row small dim">
        <Spinner />
        <span role="status">{phaseText(run)}</span>
        <span class="faint started">
          Started {run.created_by ? `by ${run.created_by.name}, ` : ""}
          {ago(run.started_at ?? run.created_at)}
          {run.attempt > 1 ? `, attempt ${run.attempt}` : ""}
        </span>
      </div>
      <Bar value={Math.round(share * 100)} max={100} label="Training, percent done" live />
    </section>
  );
}

function TimeLeft({ run }: { run: Run }) {
  const left = useSecondsLeft(run);
  if (left !== null)
    return <Stat name="Time left" value={left < 1 ? "a moment" : duration(left)} testId="time-left" />;
  const guess = run.estimate_seconds;
  return (
    <Stat
      name="Time left"
      value={guess === null ? "–" : `about ${duration(guess)}`}
      unit={run.status === "queued" ? "once it starts" : ""}
      testId="time-left"
    />
  );
}
