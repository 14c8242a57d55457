import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import { sentence } from "../../../api/errors";
import type { Artifact, Run, Target } from "../../../api/types";
import { useProject } from "../../../app/project";
import { useOwnPrimary } from "../../../app/shell/pagePrimary";
import { Button } from "../../../ui/button";
import { Skeleton } from "../../../ui/states";
import { toastError } from "../../../ui/toast";
import { useLoaded } from "../../../ui/useLoaded";
import { publish, publishAll } from "../actions";
import { isLive } from "../runProgress";
import { useFreshImages } from "../useFreshImages";
import { type ArtifactRow, artifactRows, byTarget, wholeFiles } from "./artifactRows";
import { TargetEntry } from "./targetEntry";
import { useArtifacts } from "./useArtifacts";

/** What one takes home: each artifact is compared with the checkpoint before it is offered. */
export function ArtifactsPanel({ run }: { run: Run }) {
  const { artifacts, error, reload, put } = useArtifacts(run.id);
  const targets = useLoaded(run.model, (signal) =>
    api.get<Target[]>("targets/", { signal, query: { model: run.model } }),
  );
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const rows = targets.value && artifacts ? artifactRows(targets.value, artifacts) : null;
  const lead = useLead(run, rows);
  const problem = error ?? targets.error;

  const ask = (row: ArtifactRow) => {
    setAsked((keys) => new Set(keys).add(row.key));
    publish(run.id, row.target.name, row.quantization)
      .then((artifact: Artifact) => put(artifact), toastError)
      .finally(() => setAsked((keys) => new Set([...keys].filter((key) => key !== row.key))));
  };

  return (
    <section class="panel artifacts" id="artifacts" aria-label="Publish">
      <header class="wraps">
        <h2>Publish</h2>
        <p class="small faint grow">
          Each file is compared with the checkpoint, image by image, before it is offered.
        </p>
        {rows && <PublishAll run={run} rows={rows} put={put} />}
      </header>
      {problem ? (
        <div class="body row">
          <p class="bad grow">{sentence(problem)}</p>
          <Button
            size="sm"
            onClick={() => {
              reload();
              targets.reload();
            }}
          >
            Try again
          </Button>
        </div>
      ) : null}
      {!rows && !problem && <LoadingRows />}
      {rows && (
        <ul class="artifact-rows">
          {byTarget(rows).map((few) => (
            <TargetEntry
              key={few[0]!.target.name}
              rows={few}
              isAsking={(row) => asked.has(row.key) || isLive(row.artifact?.status ?? "")}
              lead={lead}
              onPublish={ask}
              put={put}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface PublishAllProps {
  run: Run;
  rows: readonly ArtifactRow[];
  put: (artifact: Artifact) => void;
}

/** Asks for each target's fp32 file that is neither there nor on its way; how far they are, while some are. */
function PublishAll({ run, rows, put }: PublishAllProps) {
  const { may } = useProject();
  const [isAsking, setAsking] = useState(false);
  const { left, live, of } = wholeFiles(rows);
  const ask = () => {
    setAsking(true);
    publishAll(run.id)
      .then((artifacts) => artifacts.forEach(put), toastError)
      .finally(() => setAsking(false));
  };
  return (
    <div class="row wraps">
      {live > 0 && (
        <span class="small faint nowrap" role="status" data-testid="publish-progress">
          {of - left - live} of {of} targets done
        </span>
      )}
      {may("manager") && left > 0 && (
        <Button size="sm" busy={isAsking} onClick={ask} data-testid="publish-all">
          {left === of ? "Publish all" : `Publish the other ${left}`}
        </Button>
      )}
    </div>
  );
}

/** The row with the page's primary button: the first download; if nothing was published, the first publish. No row
 * while a retrain is due, whose button is the primary one then. */
function useLead(run: Run, rows: readonly ArtifactRow[] | null): string | null {
  const isRetrainDue = useFreshImages(run) > 0;
  const offered = rows?.find((row) => row.artifact?.status === "succeeded");
  const isUntouched = rows?.every((row) => row.artifact === null);
  const lead = isRetrainDue ? null : (offered?.key ?? (isUntouched ? rows?.[0]?.key : null) ?? null);
  useOwnPrimary(lead !== null);
  return lead;
}

function LoadingRows() {
  return (
    <ul class="artifact-rows" aria-busy="true">
      {[140, 180, 150].map((width) => (
        <li key={width} class="artifact">
          <Skeleton width={width} />
        </li>
      ))}
    </ul>
  );
}
