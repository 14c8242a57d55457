import { useMemo } from "preact/hooks";
import type { Sweep } from "../../../api/types";
import { CancelButton } from "../../../app/cancelButton";
import { useProject } from "../../../app/project";
import { useOwnPrimary } from "../../../app/shell/pagePrimary";
import { useTitle } from "../../../app/title";
import { useBaseFiles } from "../../../training/useBaseFiles";
import { useBases } from "../../../training/useBases";
import { useModels } from "../../../training/useModels";
import { ButtonLink } from "../../../ui/button";
import { ago, counted } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { Bar } from "../../../ui/progress";
import { Failed } from "../../../ui/states";
import type { Names } from "./axes";
import { axesText } from "./curveSeries";
import { SweepCurves } from "./sweepCurves";
import { SweepTable } from "./sweepTable";
import { type SweepState, useSweep } from "./useSweep";

/** One sweep: how far it is, its best run, its curves and its table. */
export function SweepPage({ id }: { id: number }) {
  const { project } = useProject();
  const state = useSweep(id);
  const { value, error, reload } = state.sweep;
  useTitle(value?.name ?? "Sweep", project.value.name);
  if (value) return <OneSweep sweep={value} state={state} />;
  return (
    <main class="page" id="content" aria-busy={!error}>
      {error ? <Failed error={error} retry={reload} /> : null}
    </main>
  );
}

function OneSweep({ sweep, state }: { sweep: Sweep; state: SweepState }) {
  const { table, curves } = state;
  const models = useModels();
  const bases = useBases();
  const files = useBaseFiles().list;
  const names = useMemo<Names>(
    () => ({ models: models ?? [], bases: bases ?? [], files: files ?? [] }),
    [models, bases, files],
  );
  const failed = table.error ?? curves.error;
  return (
    <main class="page run-page" id="content" aria-busy={!table.value && !failed}>
      <SweepHead sweep={sweep} reload={state.reload} />
      <div class="wrap stack">
        <SweepProgress sweep={sweep} names={names} />
        {failed && !table.value ? <Failed error={failed} retry={state.reload} /> : null}
        {table.value && curves.value && (
          <SweepCurves sweep={sweep} rows={table.value.results} curves={curves.value.results} names={names} />
        )}
        {table.value && <SweepTable sweep={sweep} rows={table.value.results} names={names} />}
      </div>
    </main>
  );
}

function SweepHead({ sweep, reload }: { sweep: Sweep; reload: () => void }) {
  const { project, may } = useProject();
  const home = `/p/${project.value.slug}`;
  useOwnPrimary(sweep.best !== null);
  const isOpen = sweep.runs.queued + sweep.runs.running > 0;
  return (
    <header class="runhead">
      <a class="btn quiet icon" href={`${home}/runs`} aria-label="All runs" title="All runs">
        <Icon name="left" />
      </a>
      <h1 class="sweep-name">{sweep.name}</h1>
      <p class="small dim grow">
        on snapshot{" "}
        <a class="link" href={`${home}/snapshots/${sweep.snapshot.number}`}>
          v{sweep.snapshot.number}
        </a>
        , {counted(sweep.snapshot.labelled_count, "image")}
        <br />
        {ago(sweep.created_at)}
        {sweep.created_by ? `, ${sweep.created_by.name}` : ""}
      </p>
      <div class="row acts">
        {isOpen && may("manager") && (
          <CancelButton<Sweep> at={`sweeps/${sweep.id}`} name="sweep" onCanceled={reload} />
        )}
        {sweep.best && (
          <ButtonLink look="primary" href={`${home}/runs/${sweep.best.number}`}>
            {`Open the best: run ${sweep.best.number}`}
          </ButtonLink>
        )}
      </div>
    </header>
  );
}

/** What is compared, and how many of its runs have ended. */
function SweepProgress({ sweep, names }: { sweep: Sweep; names: Names }) {
  const { queued, running, succeeded, failed, canceled } = sweep.runs;
  const all = queued + running + succeeded + failed + canceled;
  const told = [
    running && `${running} running`,
    queued && `${queued} waiting, in turn with other runs`,
    failed && `${failed} failed`,
    canceled && `${canceled} stopped`,
  ];
  return (
    <section class="panel progress" aria-label="Progress" data-testid="sweep-progress">
      <p>{axesText(sweep.axes, names)}</p>
      <p class="dim">
        {succeeded} of {counted(all, "run")} succeeded{told.filter(Boolean).map((text) => `, ${text}`)}
        {sweep.stop_hopeless && ". Runs that stay below the median are stopped"}
      </p>
      {queued + running > 0 && (
        <Bar value={all - queued - running} max={all} label="Runs that have ended" live />
      )}
    </section>
  );
}
