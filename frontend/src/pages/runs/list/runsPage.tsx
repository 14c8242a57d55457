import { useState } from "preact/hooks";
import { useProject } from "../../../app/project";
import { navigate, query, setQuery } from "../../../app/router";
import { useOwnPrimary } from "../../../app/shell/pagePrimary";
import { useTitle } from "../../../app/title";
import { TrainDialog } from "../../../training/trainDialog";
import { useModels } from "../../../training/useModels";
import { useRuns } from "../../../training/useRuns";
import { Button, ButtonLink } from "../../../ui/button";
import { Empty, Failed, Skeleton } from "../../../ui/states";
import { RetrainButton } from "../retrainButton";
import { SweepDialog } from "../sweeps/sweepDialog";
import { SweepsPanel } from "../sweeps/sweepsPanel";
import { useSweeps } from "../sweeps/useSweeps";
import { RunsChart } from "./runsChart";
import { RunTable } from "./runTable";

/** All runs of the project: how the score moved, and the table. */
export function RunsPage() {
  const { project, may } = useProject();
  const { runs, error, reload, put } = useRuns();
  const models = useModels();
  const [search, setSearch] = useState("");
  const sweeps = useSweeps(runs);
  const single = runs?.filter((run) => run.sweep === null) ?? [];
  const asked = query.value.get("new");
  const isNew = asked !== null;
  const home = `/p/${project.value.slug}/runs`;
  useTitle("Runs", project.value.name);
  const last = runs?.find((run) => run.status === "succeeded") ?? null;
  const close = () => setQuery({ new: null }, { replace: true });
  const open = () => setQuery({ new: "1" });
  return (
    <main class={runs?.length ? "page" : "page row"} id="content" aria-busy={!runs && !error}>
      <div class="wrap stack grow">
        {runs && runs.length > 0 && (
          <div class="pagehead tight">
            <h1 class="grow">Runs</h1>
            {may("manager") && (
              <Button look="quiet" onClick={() => setQuery({ new: "sweep" })} data-testid="sweep-open">
                Compare settings…
              </Button>
            )}
            {may("manager") && (
              <Button onClick={open} data-testid="train-open">
                {last ? "New run" : "Train"}
              </Button>
            )}
            {may("manager") && last && (
              <RetrainButton run={last} onStarted={(run) => navigate(`${home}/${run.number}`)} />
            )}
          </div>
        )}
        {error && !runs ? <Failed error={error} retry={reload} /> : null}
        {!runs && !error && <LoadingRows />}
        {runs?.length === 0 && <NoRuns onTrain={open} />}
        {runs && runs.length > 0 && (
          <>
            <RunsChart runs={single} />
            {sweeps && sweeps.length > 0 && <SweepsPanel sweeps={sweeps} />}
            {single.length > 0 && (
              <RunTable runs={single} models={models} search={search} onSearch={setSearch} />
            )}
          </>
        )}
      </div>
      {asked === "sweep" && may("manager") && (
        <SweepDialog
          close={close}
          onStarted={(sweep) => navigate(`${home}/sweeps/${sweep.id}`, { replace: true })}
        />
      )}
      {isNew && asked !== "sweep" && may("manager") && (
        <TrainDialog
          snapshot={null}
          close={close}
          onStarted={(run) => {
            put(run);
            navigate(`${home}/${run.number}`, { replace: true });
          }}
        />
      )}
    </main>
  );
}

function NoRuns({ onTrain }: { onTrain: () => void }) {
  const { project, counts, may } = useProject();
  const { labelled, review, done } = counts.value;
  const ready = labelled + review + done;
  useOwnPrimary(true);
  if (ready === 0) {
    return (
      <Empty
        title="No runs yet"
        actions={
          <ButtonLink look="primary" href={`/p/${project.value.slug}/label`}>
            Label images
          </ButtonLink>
        }
      >
        A run trains a model on a snapshot. Label some images first.
      </Empty>
    );
  }
  return (
    <Empty
      title="No runs yet"
      actions={
        may("manager") && (
          <Button look="primary" onClick={onTrain} data-testid="train-open">
            Train on {ready} {ready === 1 ? "image" : "images"}
          </Button>
        )
      }
    >
      A run trains a model on a snapshot, measures it on the validation images and offers it for download.
    </Empty>
  );
}

function LoadingRows() {
  return (
    <section class="panel" aria-label="Loading">
      <div class="body skeleton-rows">
        {[320, 280, 300, 260].map((width) => (
          <Skeleton key={width} width={width} />
        ))}
      </div>
    </section>
  );
}
