import { useState } from "preact/hooks";
import { ApiError } from "../../api/errors";
import { useProject } from "../../app/project";
import { navigate, query, setQuery } from "../../app/router";
import { useOwnPrimary } from "../../app/shell/pagePrimary";
import { useTitle } from "../../app/title";
import { makeSnapshot } from "../../training/makeSnapshot";
import { sinceSnapshot } from "../../training/sinceSnapshot";
import { TrainDialog } from "../../training/trainDialog";
import { useRuns } from "../../training/useRuns";
import { useSnapshots } from "../../training/useSnapshots";
import { isWhole } from "../../training/wholeSnapshot";
import { Button, ButtonLink } from "../../ui/button";
import { counted } from "../../ui/figures";
import { Empty, Failed } from "../../ui/states";
import { toastError } from "../../ui/toast";
import { DownloadDialog } from "./downloadDialog";
import { NowDetail } from "./nowDetail";
import { SnapshotDetail } from "./snapshotDetail";
import { SnapshotList } from "./snapshotList";

/** Frozen states of the project; "Now" is what no snapshot holds yet. */
export function SnapshotsPage({ number }: { number: number | null }) {
  const { project, counts, may } = useProject();
  const state = useSnapshots();
  const { runs } = useRuns();
  const [isBusy, setBusy] = useState(false);
  const { snapshots } = state;
  const home = `/p/${project.value.slug}`;
  useTitle(number === null ? "Snapshots" : `Snapshot v${number}`, project.value.name);
  const latest = snapshots?.find((one) => one.status === "succeeded" && isWhole(one)) ?? null;
  const since = sinceSnapshot(counts.value, latest);
  const chosen = snapshots?.find((one) => one.number === number) ?? null;
  const create = () => {
    setBusy(true);
    makeSnapshot(project.value.id)
      .then((made) => {
        state.put(made);
        navigate(`${home}/snapshots/${made.number}`);
      }, toastError)
      .finally(() => setBusy(false));
  };

  if (!snapshots) {
    return (
      <main class="page row" id="content" aria-busy={!state.error}>
        {state.error ? <Failed error={state.error} retry={state.reload} /> : <span class="vh">Loading</span>}
      </main>
    );
  }
  if (snapshots.length === 0) {
    return (
      <main class="page row" id="content">
        <FirstSnapshot ready={since.labelledNow} isBusy={isBusy} onCreate={create} />
      </main>
    );
  }
  return (
    <main class={`two ${number === null ? "at-list" : "at-detail"}`} id="content">
      <SnapshotList
        snapshots={snapshots}
        runs={runs ?? []}
        since={since}
        latest={latest}
        number={number}
        isBusy={isBusy}
        onCreate={create}
      />
      <div class="detail">
        {number === null && <NowDetail since={since} latest={latest} />}
        {chosen && (
          <SnapshotDetail
            key={chosen.id}
            snapshot={chosen}
            snapshots={snapshots}
            runs={runs ?? []}
            put={state.put}
          />
        )}
        {number !== null && !chosen && <Failed error={noSuchSnapshot(number)} />}
      </div>
      {query.value.get("download") !== null && chosen?.status === "succeeded" && (
        <DownloadDialog snapshot={chosen} close={() => setQuery({ download: null }, { replace: true })} />
      )}
      {query.value.get("train") !== null && may("manager") && (
        <TrainDialog
          snapshot={chosen}
          close={() => setQuery({ train: null }, { replace: true })}
          onStarted={(run) => navigate(`${home}/runs/${run.number}`, { replace: true })}
        />
      )}
    </main>
  );
}

function FirstSnapshot({
  ready,
  isBusy,
  onCreate,
}: {
  ready: number;
  isBusy: boolean;
  onCreate: () => void;
}) {
  const { project, may } = useProject();
  useOwnPrimary(true);
  const action =
    ready === 0 ? (
      <ButtonLink look="primary" href={`/p/${project.value.slug}/label`}>
        Label images
      </ButtonLink>
    ) : (
      may("manager") && (
        <Button look="primary" busy={isBusy} onClick={onCreate} data-testid="snapshot-create">
          Snapshot {counted(ready, "image")}
        </Button>
      )
    );
  return (
    <Empty title="No snapshots yet" actions={action}>
      A snapshot freezes images and labels under a number. It never changes, and every run names the one it
      was trained on.
      {ready === 0 ? " Nothing is labelled yet." : ""}
    </Empty>
  );
}

function noSuchSnapshot(number: number): ApiError {
  return new ApiError({
    type: "about:blank",
    title: "Not found",
    status: 404,
    detail: `There is no snapshot v${number}.`,
  });
}
