/** What an entry of the history says, in words. */
import type { Person, RevisedAnnotation } from "../../../api/types";
import { counted } from "../../../ui/figures";
import {
  type Deed,
  type Entry,
  isImport,
  isMarked,
  isMoved,
  isRelabelled,
  type RowChange,
} from "./revisions";

/** "You", "Ben", or a person whose account is gone. */
export function nameOf(author: Person | null, me: number): string {
  if (author === null) return "Somebody who left";
  return author.id === me ? "You" : author.name;
}

/** "your change", "Ben's change". */
export function changeBy(author: Person | null, me: number): string {
  if (author === null) return "a change by somebody who left";
  return author.id === me ? "your change" : `${author.name}’s change`;
}

/** "14:03", or "3 Nov, 14:03" on another day. */
export function clockOf(iso: string, now: number): string {
  const [at, today] = [new Date(iso), new Date(now)];
  const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (at.toDateString() === today.toDateString()) return clock;
  const isThisYear = at.getFullYear() === today.getFullYear();
  const year = isThisYear ? {} : ({ year: "numeric" } as const);
  return `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year })}, ${clock}`;
}

export interface Telling {
  /** Labels of the whole image instead of boxes. */
  readonly whole: boolean;
  readonly now: number;
  /** When a revision was made, if that is known here. */
  timeOf(number: number): string | null;
}

/** "2 boxes drawn, 1 moved, to Labelled". */
export function wordsOf(entry: Entry, telling: Telling): string {
  const { merged_label, upserted } = entry.last.revision;
  const said = [
    ...restoredWords(entry.last, telling),
    ...(merged_label ? [`merged ${merged_label} into ${upserted[0]?.label_name ?? "another label"}`] : []),
    ...(merged_label ? [] : contentWords(entry, telling.whole)),
    ...queueWords(entry),
  ];
  const words = said.join(", ") || "no change to see";
  return capital(words);
}

/** Also makes a queue's name. */
export function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function restoredWords({ revision }: Deed, { timeOf, now }: Telling): string[] {
  const { restored } = revision;
  if (restored === null) return [];
  const at = timeOf(restored);
  return [at ? `restored how it was at ${clockOf(at, now)}` : `restored save ${restored}`];
}

function contentWords(entry: Entry, whole: boolean): string[] {
  return whole ? labelWords(entry) : boxWords(entry);
}

/** The label of a whole image: its annotation may be another one now. */
function labelWords({ changes }: Entry): string[] {
  const was = changes.find(({ before }) => before)?.before?.label_name;
  const now = changes.find(({ after }) => after)?.after?.label_name;
  if (was && now) return was === now ? [] : [`label changed: ${was} → ${now}`];
  if (now) return [`labelled ${now}`];
  return was ? [`label taken away: ${was}`] : [];
}

function boxWords({ changes, last }: Entry): string[] {
  const added = changes.flatMap(({ before, after }) => (before === null && after ? after : []));
  const kept = changes.flatMap(({ before, after }) => (before && after ? [[before, after] as const] : []));
  const count = (is: (a: RevisedAnnotation, b: RevisedAnnotation) => boolean): number =>
    kept.filter(([before, after]) => is(before, after)).length;
  const isBack = last.revision.restored !== null;
  const accepted = isBack ? 0 : added.filter(({ source }) => source === "model").length;
  const parts = [
    [added.length - accepted, cameBy(last)],
    [accepted, "accepted", "suggestion"],
    [count(isMoved), "moved"],
    [count(isRelabelled), "changed", "label"],
    [count(isMarked), "marked"],
    [changes.filter(({ after }) => after === null).length, "deleted"],
  ] as const;
  const said = phrases(parts.filter(([number]) => number > 0));
  const [only, ...others] = changes;
  return only && others.length + said.length === 1 ? [`${said[0]}: ${labelOf(only)}`] : said;
}

function labelOf({ before, after }: RowChange): string {
  const [was, now] = [before?.label_name, after?.label_name];
  return was && now && before?.label !== after?.label ? `${was} → ${now}` : (now ?? was ?? "");
}

/** How its new boxes came. */
function cameBy(deed: Deed): string {
  if (deed.revision.restored !== null) return "back";
  return isImport(deed) ? "imported" : "drawn";
}

/** The first count of boxes names them; the others follow from it. */
function phrases(parts: readonly (readonly [number, string, string?])[]): string[] {
  let isNamed = false;
  return parts.map(([number, verb, noun]) => {
    if (noun) return `${counted(number, noun)} ${verb}`;
    const what = isNamed ? `${number}` : counted(number, "box", "boxes");
    isNamed = true;
    return `${what} ${verb}`;
  });
}

function queueWords({ first, last }: Entry): string[] {
  const [{ queue: from, skip_reason: was }, { queue: to, skip_reason: why }] = [first.from, last.revision];
  if (to === "skipped" && (from !== to || was !== why)) return [why ? `skipped: ${why}` : "skipped"];
  return from === to ? [] : [`to ${capital(to)}`];
}
