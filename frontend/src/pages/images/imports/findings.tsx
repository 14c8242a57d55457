import { useEffect, useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Finding, Import, Page } from "../../../api/types";
import { Button } from "../../../ui/button";
import { count, counted } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { type FindingGroup, grouped, placeText } from "./groups";
import { isOver } from "./useImports";

const PAGE = 100;

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

interface Pages {
  rows: Finding[];
  next: string | null;
  busy: boolean;
  fault: boolean;
  more: () => void;
}

/** The findings page by page, what is worst first; the first page comes by itself. */
function usePages(id: number): Pages {
  const first = `imports/${id}/findings/?limit=${PAGE}`;
  const [rows, setRows] = useState<Finding[]>([]);
  const [next, setNext] = useState<string | null>(first);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState(false);
  const more = async () => {
    if (!next || busy) return;
    setBusy(true);
    setFault(false);
    try {
      const page = await api.get<Page<Finding>>(next);
      setRows((old) => [...old, ...page.results]);
      setNext(page.next);
    } catch {
      setFault(true);
    }
    setBusy(false);
  };
  useEffect(() => {
    void more();
  }, [id]);
  return { rows, next, busy, fault, more: () => void more() };
}

function restText(shown: number, all: number, atEnd: boolean): string {
  if (!atEnd) return `${count(shown)} of ${count(all)} shown`;
  return `The first ${count(shown)} were kept; ${count(all - shown)} more were counted.`;
}

function FindingPages({ from }: { from: Import }) {
  const { rows, next, busy, fault, more } = usePages(from.id);
  const isPart = rows.length > 0 && rows.length < from.finding_count;
  return (
    <>
      <ul>
        {grouped(rows).map((group) => (
          <GroupRow key={group.severity + group.reason} group={group} />
        ))}
      </ul>
      {fault && <p class="fault-box dock-fault">The findings could not be loaded.</p>}
      {isPart && <p class="dock-note faint">{restText(rows.length, from.finding_count, next === null)}</p>}
      {next && (rows.length > 0 || fault) && (
        <p class="dock-note">
          <Button size="sm" busy={busy} onClick={more}>
            {fault ? "Try again" : "Show more"}
          </Button>
        </p>
      )}
    </>
  );
}

/** What an import noticed: how many at any time, which ones once it is over. */
export function Findings({ from }: { from: Import }) {
  if (from.finding_count === 0) return isOver(from) ? <p class="dock-note faint">No findings.</p> : null;
  return (
    <>
      <p class="dock-note">{counted(from.finding_count, "finding")}</p>
      {isOver(from) && <FindingPages from={from} />}
    </>
  );
}
