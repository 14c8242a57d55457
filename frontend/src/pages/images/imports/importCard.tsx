import type { Import } from "../../../api/types";
import { StatusBadge } from "../../../ui/badge";
import { Button } from "../../../ui/button";
import { count, counted } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { Bar } from "../../../ui/progress";
import { type FindingGroup, grouped, placeText } from "./groups";
import { isOver } from "./useImports";

const LOOK = {
  error: { icon: "x", tone: "bad", word: "Error" },
  warning: { icon: "warn", tone: "warn", word: "Warning" },
  info: { icon: "note", tone: "faint", word: "Note" },
} as const;

function Places({ places }: { places: FindingGroup["places"] }) {
  const [first] = places;
  if (!first) return null;
  if (places.length === 1) return <div class="mono faint wrap">{placeText(first)}</div>;
  return (
    <details>
      <summary>{counted(places.length, "place")}</summary>
      <ul class="mono faint wrap">
        {places.map((place) => (
          <li key={placeText(place)}>{placeText(place)}</li>
        ))}
      </ul>
    </details>
  );
}

function GroupRow({ group }: { group: FindingGroup }) {
  const look = LOOK[group.severity];
  return (
    <li class="finding">
      <Icon name={look.icon} class={look.tone} />
      <div class="grow">
        <span class="vh">{look.word}: </span>
        <div>{group.reason}</div>
        <Places places={group.places} />
      </div>
    </li>
  );
}

function Figure({ value, name }: { value: number | undefined; name: string }) {
  if (!value) return null;
  return (
    <span>
      <b>{count(value)}</b> {name}
    </span>
  );
}

function errorText(error: Import["error"]): string {
  if (!error) return "";
  return typeof error === "string" ? error : error.detail;
}

function Findings({ from }: { from: Import }) {
  const findings = from.findings ?? [];
  if (from.finding_count === 0) return isOver(from) ? <p class="dock-note faint">No findings.</p> : null;
  return (
    <>
      <p class="dock-note">{counted(from.finding_count, "finding")}</p>
      <ul>
        {grouped(findings).map((group) => (
          <GroupRow key={group.severity + group.reason} group={group} />
        ))}
      </ul>
      {from.finding_count > findings.length && findings.length > 0 && (
        <p class="dock-note faint">The first {count(findings.length)} are shown.</p>
      )}
    </>
  );
}

/** One import: how far, what came in, what was noticed. */
export function ImportCard({ from, dismiss }: { from: Import; dismiss: () => void }) {
  const { counts, progress } = from;
  const name = from.archive_name || (from.format === "sample" ? "Sample pictures" : "Import");
  const error = errorText(from.error);
  return (
    <section class="dock-part" aria-label={`Import of ${name}`}>
      <header>
        <h2 class="grow cut" title={name}>
          {name}
        </h2>
        <StatusBadge status={from.status} />
        {isOver(from) && (
          <Button size="sm" look="quiet" onClick={dismiss}>
            Clear
          </Button>
        )}
      </header>
      {!isOver(from) && (
        <div class="dock-total">
          <Bar value={progress.done} max={Math.max(1, progress.total)} label={`Import of ${name}`} live />
          <div class="between">
            <span>
              {progress.total > 0
                ? `${count(progress.done)} of ${counted(progress.total, "file")}`
                : from.format === "sample"
                  ? "Drawing the pictures"
                  : "Reading the archive"}
            </span>
          </div>
        </div>
      )}
      {error && <p class="fault-box dock-fault">{error}</p>}
      <p class="dock-sum" role="status">
        <Figure value={counts.images_created} name="images added" />
        <Figure value={counts.images_duplicate} name="already here" />
        <Figure value={counts.annotations_created} name="annotations added" />
        <Figure value={counts.annotations_existing} name="annotations already here" />
      </p>
      <Findings from={from} />
    </section>
  );
}
