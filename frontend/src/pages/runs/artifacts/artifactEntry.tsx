import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { apiUrl } from "../../../api/client";
import type { Artifact } from "../../../api/types";
import { CancelButton } from "../../../app/cancelButton";
import { useProject } from "../../../app/project";
import { StatusBadge } from "../../../ui/badge";
import { Button, ButtonLink } from "../../../ui/button";
import { Confirm } from "../../../ui/confirm";
import { bytes, counted } from "../../../ui/figures";
import { Hash } from "../../../ui/hash";
import { Icon, type IconName } from "../../../ui/icons";
import { waitingText } from "../../../ui/waiting";
import { release } from "../actions";
import { changeText } from "../result/figureChanges";
import { isLive } from "../runProgress";
import {
  type ArtifactRow,
  metricChange,
  parityFault,
  parityText,
  rowTitle,
  speedOf,
  verificationText,
} from "./artifactRows";
import { bundleParts, unpackedSize } from "./bundle";
import { WorstPicturesOf } from "./worstPictures";

const ICONS: Readonly<Record<string, IconName>> = {
  onnx: "cube",
  tflite: "phone",
  coreml: "phone",
  tfjs: "web",
};

interface ArtifactEntryProps {
  row: ArtifactRow;
  /** All of its target. */
  rows: readonly ArtifactRow[];
  /** Chooses among these. */
  choice: ComponentChildren;
  /** Queued, running, or just asked for. */
  isAsking: boolean;
  /** Its button is the page's primary. */
  isLead: boolean;
  onPublish: () => void;
  put: (artifact: Artifact) => void;
}

/** One file: publish, watch, then what was measured beside the download. */
export function ArtifactEntry({ row, rows, choice, isAsking, isLead, onPublish, put }: ArtifactEntryProps) {
  const { artifact, target } = row;
  const status = artifact?.status ?? null;
  const title = rowTitle(row);
  return (
    <li class="artifact" data-testid={`artifact-${row.key}`} data-status={status ?? "none"}>
      <Icon name={ICONS[target.name] ?? "cube"} />
      <div class="what">
        <b>{target.title}</b>
        <span class="small faint">{target.for_whom}</span>
        {choice}
        {status === "succeeded" && artifact?.sha256 && <Hash sha256={artifact.sha256} />}
      </div>
      {status === "succeeded" && artifact && <Measured artifact={artifact} row={row} rows={rows} />}
      <div class="state">
        {status && status !== "succeeded" && <StatusBadge status={status} />}
        <Action row={row} title={title} isAsking={isAsking} isLead={isLead} onPublish={onPublish} put={put} />
      </div>
      {status === "succeeded" && artifact && artifact.files.length > 0 && (
        <Contents artifact={artifact} rowKey={row.key} />
      )}
      {artifact?.status === "queued" && artifact.waiting_for && (
        <p class="reason small" role="status">
          <Icon name="clock" />
          {waitingText(artifact)}
        </p>
      )}
      {status === "failed" && artifact && (
        <p class="reason small" role="alert">
          <Icon name="warn" />
          {faultText(artifact)}
        </p>
      )}
      {status === "failed" && artifact?.parity && <WorstPicturesOf artifact={artifact} rowKey={row.key} />}
    </li>
  );
}

interface MeasuredProps {
  artifact: Artifact;
  row: ArtifactRow;
  rows: readonly ArtifactRow[];
}

function Measured({ artifact, row, rows }: MeasuredProps) {
  const { parity } = artifact;
  const rowKey = row.key;
  const metric = metricChange(artifact);
  const speed = speedOf(row, rows);
  return (
    <dl class="measured">
      <div class="noted" data-testid={`speed-${rowKey}`}>
        <dt>Size</dt>
        <dd>
          {artifact.size === null ? "–" : bytes(artifact.size)}
          {speed && <small>{speed.text}</small>}
          {speed?.isSlower && <small>slower than fp32 on this CPU</small>}
        </dd>
      </div>
      {metric && (
        <div class="noted" data-testid={`metric-${rowKey}`}>
          <dt>{metric.title}</dt>
          <dd>
            {changeText(metric.change)}
            {metric.client && (
              <small>
                in {metric.client.name} {changeText(metric.client.change)}
              </small>
            )}
            <small>{metric.note}</small>
            {parity?.released && <small class="bad">over its limit, released knowingly</small>}
          </dd>
        </div>
      )}
      {parity && (
        <div class="noted parity" data-testid={`parity-${rowKey}`}>
          <dt>
            <Icon name="check" class="good" /> Largest difference
          </dt>
          <dd>
            {parityText(parity)}
            <small>{verificationText(parity)}</small>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Contents({ artifact, rowKey }: { artifact: Artifact; rowKey: string }) {
  return (
    <details class="contents small" data-testid={`contents-${rowKey}`}>
      <summary>
        In the zip: {counted(artifact.files.length, "file", "files")}, {bytes(unpackedSize(artifact.files))}{" "}
        unpacked
      </summary>
      <ul>
        {bundleParts(artifact.files).map((part) => (
          <li key={part.title}>
            <b>{part.title}</b> <span class="faint">{part.note}</span>
            <span class="faint">{bytes(part.size)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface ActionProps {
  row: ArtifactRow;
  title: string;
  isAsking: boolean;
  isLead: boolean;
  onPublish: () => void;
  put: (artifact: Artifact) => void;
}

function Action({ row, title, isAsking, isLead, onPublish, put }: ActionProps) {
  const { may } = useProject();
  const { artifact, key } = row;
  if (artifact?.status === "succeeded") {
    return (
      <ButtonLink
        href={apiUrl(`artifacts/${artifact.id}/download/`)}
        icon="download"
        look={isLead ? "primary" : "normal"}
        download
        aria-label={`Download ${title}`}
        data-testid={`artifact-${key}-download`}
      >
        Download
      </ButtonLink>
    );
  }
  if (!may("manager")) return artifact ? null : <span class="small faint">Not published</span>;
  const isRetry = artifact?.status === "failed" || artifact?.status === "canceled";
  if (artifact && isLive(artifact.status)) {
    return <CancelButton<Artifact> at={`artifacts/${artifact.id}`} name={key} size="sm" onCanceled={put} />;
  }
  const deed = isRetry ? "Retry" : "Publish";
  return (
    <>
      {artifact?.status === "failed" && artifact.parity?.misses_metric_alone && (
        <ReleaseButton artifact={artifact} title={title} name={key} put={put} />
      )}
      <Button
        look={isLead ? "primary" : "normal"}
        busy={isAsking}
        onClick={onPublish}
        aria-label={`${deed} ${title}`}
        data-testid={isRetry ? `retry-${key}` : `publish-${key}`}
      >
        {isAsking ? "Starting" : deed}
      </Button>
    </>
  );
}

interface ReleaseButtonProps {
  artifact: Artifact;
  title: string;
  name: string;
  put: (artifact: Artifact) => void;
}

/** Gives out what lost more AP or accuracy than is allowed, and nothing else. */
function ReleaseButton({ artifact, title, name, put }: ReleaseButtonProps) {
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button onClick={() => setAsked(true)} data-testid={`release-${name}`}>
        Release anyway
      </Button>
      {isAsked && (
        <Confirm
          deed={`Release ${title}`}
          keep="Leave it"
          close={() => setAsked(false)}
          run={() => release(artifact).then(put)}
        >
          {faultText(artifact)} It is made once more; its model card and its lineage will say so.
        </Confirm>
      )}
    </>
  );
}

function faultText(artifact: Artifact): string {
  const measured = artifact.parity ? parityFault(artifact.parity) : "";
  return measured || artifact.error?.detail || "It gave no reason.";
}
