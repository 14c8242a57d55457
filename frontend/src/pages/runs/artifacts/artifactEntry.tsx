import { apiUrl } from "../../../api/client";
import type { Artifact } from "../../../api/types";
import { CancelButton } from "../../../app/cancelButton";
import { useProject } from "../../../app/project";
import { StatusBadge } from "../../../ui/badge";
import { Button, ButtonLink } from "../../../ui/button";
import { bytes, counted } from "../../../ui/figures";
import { Hash } from "../../../ui/hash";
import { Icon, type IconName } from "../../../ui/icons";
import { waitingText } from "../../../ui/waiting";
import { changeText } from "../result/figureChanges";
import { isLive } from "../runProgress";
import {
  type ArtifactRow,
  metricChange,
  parityFault,
  parityText,
  rowTitle,
  verificationText,
} from "./artifactRows";
import { bundleParts, unpackedSize } from "./bundle";

const ICONS: Readonly<Record<string, IconName>> = { onnx: "cube", tflite: "phone", tfjs: "web" };

interface ArtifactEntryProps {
  row: ArtifactRow;
  /** Queued, running, or just asked for. */
  isAsking: boolean;
  /** Its button is the page's primary. */
  isLead: boolean;
  onPublish: () => void;
  put: (artifact: Artifact) => void;
}

/** One target: publish, watch, then what was measured beside the download. */
export function ArtifactEntry({ row, isAsking, isLead, onPublish, put }: ArtifactEntryProps) {
  const { artifact, target } = row;
  const status = artifact?.status ?? null;
  const title = rowTitle(row);
  return (
    <li class="artifact" data-testid={`artifact-${row.key}`} data-status={status ?? "none"}>
      <Icon name={ICONS[target.name] ?? "cube"} />
      <div class="what">
        <b>{title}</b>
        <span class="small faint">{target.for_whom}</span>
        {status === "succeeded" && artifact?.sha256 && <Hash sha256={artifact.sha256} />}
      </div>
      {status === "succeeded" && artifact && <Measured artifact={artifact} rowKey={row.key} />}
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
    </li>
  );
}

function Measured({ artifact, rowKey }: { artifact: Artifact; rowKey: string }) {
  const { parity } = artifact;
  const metric = metricChange(artifact);
  return (
    <dl class="measured">
      <div>
        <dt>Size</dt>
        <dd>{artifact.size === null ? "–" : bytes(artifact.size)}</dd>
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
    <Button
      look={isLead ? "primary" : "normal"}
      busy={isAsking}
      onClick={onPublish}
      aria-label={`${deed} ${title}`}
      data-testid={isRetry ? `retry-${key}` : `publish-${key}`}
    >
      {isAsking ? "Starting" : deed}
    </Button>
  );
}

function faultText(artifact: Artifact): string {
  const measured = artifact.parity ? parityFault(artifact.parity) : "";
  return measured || artifact.error?.detail || "It gave no reason.";
}
