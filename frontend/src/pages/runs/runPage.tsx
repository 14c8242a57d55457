import { ApiError } from "../../api/errors";
import type { Run } from "../../api/types";
import { useProject } from "../../app/project";
import { query } from "../../app/router";
import { useTitle } from "../../app/title";
import { type RunsState, useRuns } from "../../training/useRuns";
import { Failed } from "../../ui/states";
import { EndedRun } from "./endedRun";
import { LiveRun } from "./live/liveRun";
import { FinishedRun } from "./result/finishedRun";
import { RunHead } from "./runHead";
import { isLive } from "./runProgress";
import { runBefore } from "./runTexts";
import { useEpochs } from "./useEpochs";

export function RunPage({ number }: { number: number }) {
  const { project } = useProject();
  const state = useRuns();
  const run = state.runs?.find((one) => one.number === number) ?? null;
  useTitle(`Run ${number}`, project.value.name);
  if (run) return <OneRun run={run} state={state} />;
  return (
    <main class="page" id="content" aria-busy={!state.runs && !state.error}>
      {state.error ? <Failed error={state.error} retry={state.reload} /> : null}
      {state.runs ? <Failed error={noSuchRun(number)} /> : null}
    </main>
  );
}

function OneRun({ run, state }: { run: Run; state: RunsState }) {
  const runs = state.runs ?? [];
  const other = comparedRun(runs, run);
  const epochs = useEpochs(run.id);
  const otherEpochs = useEpochs(other?.id ?? null);
  const mine = { name: `run ${run.number}`, epochs: epochs ?? [] };
  const against = other && { name: `run ${other.number}`, epochs: otherEpochs ?? [] };
  return (
    <main class="page run-page" id="content">
      <RunHead run={run} put={state.put} />
      <div class="wrap stack">
        {isLive(run.status) && <LiveRun run={run} mine={mine} other={against} />}
        {run.status === "succeeded" && (
          <FinishedRun run={run} before={other} mine={mine} other={against} runs={runs} />
        )}
        {(run.status === "failed" || run.status === "canceled") && (
          <EndedRun run={run} mine={mine} other={against} put={state.put} />
        )}
      </div>
    </main>
  );
}

/** `?with=3` picks the run to compare with; else the one before. */
function comparedRun(runs: readonly Run[], run: Run): Run | null {
  const wanted = Number(query.value.get("with"));
  return runs.find((one) => one.number === wanted && one.id !== run.id) ?? runBefore(runs, run);
}

function noSuchRun(number: number): ApiError {
  return new ApiError({
    type: "about:blank",
    title: "Not found",
    status: 404,
    detail: `There is no run ${number}.`,
  });
}
