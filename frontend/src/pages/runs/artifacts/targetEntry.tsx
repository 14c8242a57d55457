import { useState } from "preact/hooks";
import type { Artifact } from "../../../api/types";
import { Segmented } from "../../../ui/choice";
import { Icon, type IconName } from "../../../ui/icons";
import { isLive } from "../runProgress";
import { ArtifactEntry } from "./artifactEntry";
import { type ArtifactRow, firstShown, precision } from "./artifactRows";

interface TargetEntryProps {
  /** Of one target, a quantization each. */
  rows: readonly ArtifactRow[];
  isAsking: (row: ArtifactRow) => boolean;
  /** The key of the row whose button is the page's primary. */
  lead: string | null;
  onPublish: (row: ArtifactRow) => void;
  put: (artifact: Artifact) => void;
}

/** One target: whoever looks chooses the precision of its file. */
export function TargetEntry({ rows, isAsking, lead, onPublish, put }: TargetEntryProps) {
  const [picked, setPicked] = useState<string | null>(null);
  const row = rows.find((one) => one.quantization === picked) ?? firstShown(rows);
  if (!row) return null;
  const choice = rows.length > 1 && (
    <Segmented
      label={`Precision of ${row.target.title}`}
      value={row.quantization}
      choices={rows.map(choiceOf)}
      onPick={setPicked}
    />
  );
  return (
    <ArtifactEntry
      row={row}
      rows={rows}
      choice={choice}
      isAsking={isAsking(row)}
      isLead={row.key === lead}
      onPublish={() => onPublish(row)}
      put={put}
    />
  );
}

/** "fp16", marked by how far its file is. */
function choiceOf(row: ArtifactRow) {
  const [name, mark] = [precision(row.quantization), markOf(row.artifact?.status ?? "")];
  if (!mark) return { value: row.quantization, name };
  const marked = (
    <>
      <Icon name={mark.icon} class={mark.tone} />
      {name}
    </>
  );
  return { value: row.quantization, name: marked, label: `${name}, ${mark.text}` };
}

function markOf(status: string): { icon: IconName; text: string; tone: string } | null {
  if (status === "succeeded") return { icon: "check", text: "published", tone: "good" };
  if (status === "failed") return { icon: "warn", text: "failed", tone: "bad" };
  return isLive(status) ? { icon: "clock", text: "on its way", tone: "" } : null;
}
