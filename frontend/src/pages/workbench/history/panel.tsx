/** The history of an image: what was done, newest first; a line above the stage says what one looks at. */
import "./history.css";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Image, Person } from "../../../api/types";
import { withKey } from "../../../app/keys";
import { userId } from "../../../app/session";
import { Avatar } from "../../../ui/avatar";
import { Badge } from "../../../ui/badge";
import { Button, IconButton } from "../../../ui/button";
import { ago, counted } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { Spinner } from "../../../ui/progress";
import type { WorkbenchState } from "../workbenchState";
import { DiffLayer } from "./diffLayer";
import { ImageHistory, type Line } from "./historyState";
import { useHistoryKeys } from "./keys";
import type { Entry } from "./revisions";
import { changeBy, clockOf, nameOf, wordsOf } from "./words";

interface PanelProps {
  readonly workbench: WorkbenchState;
  readonly image: Image;
  readonly close: () => void;
}

export default function HistoryPanel({ workbench, image, close }: PanelProps) {
  const panel = useRef<HTMLElement>(null);
  const history = useMemo(() => new ImageHistory(workbench, image), []);
  const isBehind = history.known.value === null || history.newest.value < workbench.revision.value;
  const isIdle = !history.isLoading.value && !history.fault.value;
  useEffect(() => workbench.saving.saver.hurry(), []);
  useEffect(() => void (isBehind && isIdle && history.load()), [isBehind, isIdle]);
  const line = history.chosen.value;
  const looksBack = line !== null;
  useEffect(() => {
    workbench.looksBack.value = looksBack;
    if (!looksBack) panel.current?.focus({ preventScroll: true });
  }, [looksBack]);
  useEffect(
    () => () => {
      workbench.looksBack.value = false;
      document.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
    },
    [],
  );
  useHistoryKeys(history, panel, close);
  return (
    <>
      <aside ref={panel} class="wb-side history" aria-label="History" tabIndex={-1} data-testid="history">
        <header class="row">
          <h2 class="grow">History</h2>
          <span class="small faint desk-only" title="Older, newer">
            <kbd>↓</kbd> <kbd>↑</kbd>
          </span>
          <IconButton icon="x" size="sm" label={withKey("Close the history", "history")} onClick={close} />
        </header>
        <Lines history={history} />
      </aside>
      {line && <PastBar history={history} line={line} />}
      {line && <DiffLayer history={history} />}
    </>
  );
}

function Lines({ history }: { history: ImageHistory }) {
  const lines = history.lines.value;
  const known = history.known.value;
  return (
    <div class="history-lines">
      {known && lines.length === 0 && <p class="side-note">Nothing was saved on this image yet.</p>}
      <ol class="rows">
        {lines.map((line) => (
          <LineRow key={`${line.entry.number} ${line.isInner}`} history={history} line={line} />
        ))}
      </ol>
      {history.fault.value && (
        <div class="side-note" role="alert">
          <p>{history.fault.value}</p>
          <Button onClick={history.retry}>Try again</Button>
        </div>
      )}
      {history.isLoading.value && (
        <p class="side-note">
          <Spinner />
        </p>
      )}
      {known?.older && !history.isLoading.value && !history.fault.value && (
        <div class="side-note">
          <Button onClick={() => void history.readOlder()}>Older</Button>
        </div>
      )}
    </div>
  );
}

function LineRow({ history, line }: { history: ImageHistory; line: Line }) {
  const { entry, isInner } = line;
  const isOn = history.chosen.value === line;
  return (
    <li class={`history-line ${isInner ? "inner" : ""} ${isOn ? "on" : ""}`}>
      <button
        type="button"
        class="history-entry"
        aria-current={isOn}
        data-testid="history-entry"
        data-number={entry.number}
        onClick={() => history.look(line)}
      >
        {!isInner && <Author author={entry.last.revision.author} />}
        <span class="history-text">
          <span class="history-what">{wordsIn(history, line)}</span>
          <When line={line} />
        </span>
        {!isInner && history.isNow(line) && <Badge>Now</Badge>}
      </button>
      {entry.deeds.length > 1 && <Saves history={history} entry={entry} />}
    </li>
  );
}

function Author({ author }: { author: Person | null }) {
  return author ? <Avatar person={author} decorative /> : <span class="av gone" aria-hidden="true" />;
}

function When({ line: { entry, isInner } }: { line: Line }) {
  const { author, created_at } = entry.last.revision;
  const at = new Date(created_at);
  return (
    <span class="small faint" title={at.toLocaleString("en-GB")}>
      {isInner ? at.toLocaleTimeString("en-GB") : `${nameOf(author, userId.value ?? 0)}, ${ago(created_at)}`}
    </span>
  );
}

/** Unfolds a sitting into its saves. */
function Saves({ history, entry }: { history: ImageHistory; entry: Entry }) {
  const isUnfolded = history.unfolded.value.has(entry.number);
  return (
    <button
      type="button"
      class="btn quiet sm history-saves"
      aria-expanded={isUnfolded}
      data-testid="history-saves"
      onClick={() => history.unfold(entry)}
    >
      {counted(entry.deeds.length, "save")} <Icon name={isUnfolded ? "up" : "down"} />
    </button>
  );
}

function wordsIn({ timeOf, workbench }: ImageHistory, { entry }: Line): string {
  return wordsOf(entry, { timeOf, whole: workbench.whole, now: Date.now() });
}

/** What one looks at, and the two ways on. */
function PastBar({ history, line }: { history: ImageHistory; line: Line }) {
  const { author, created_at } = line.entry.last.revision;
  const isNow = history.isNow(line);
  const when = isNow ? "How it is now" : `How it was at ${clockOf(created_at, Date.now())}`;
  const { whole, editable } = history.workbench;
  const labels = [...history.rows.value.values()].map(({ label_name }) => label_name).join(", ");
  return (
    <div class="notice info past-bar" role="status" data-testid="past-bar">
      <Icon name="clock" />
      <span class="grow">
        <b>
          {when}, after {changeBy(author, userId.value ?? 0)}
          {whole && `: ${labels || "no label"}`}.
        </b>{" "}
        You are looking back: nothing can be changed.
      </span>
      {editable && !isNow && (
        <Button
          size="sm"
          look="primary"
          busy={history.isRestoring.value}
          onClick={() => void history.restore(line.entry)}
          data-testid="restore-revision"
        >
          Restore
        </Button>
      )}
      <Button size="sm" onClick={() => history.look(null)} data-testid="back-to-now">
        Back to now <kbd class="desk-only">Esc</kbd>
      </Button>
    </div>
  );
}
