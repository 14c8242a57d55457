import { useRef } from "preact/hooks";
import { apiUrl } from "../../../api/client";
import { Button } from "../../../ui/button";
import { bytes, count, counted, duration } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { Bar, Spinner } from "../../../ui/progress";
import { isFinished, totalsOf, type UploadItem, type UploadQueue } from "./uploadQueue";

const SHOWN_WAITING = 12;
const SHOWN_FINISHED = 400;

function describe(item: UploadItem): { text: string; tone: string } {
  const { size } = item.file;
  switch (item.state) {
    case "waiting":
      return { text: `Waiting, ${bytes(size)}`, tone: "" };
    case "sending":
      return { text: item.reason ?? `Uploading, ${bytes(item.sent)} of ${bytes(size)}`, tone: "" };
    case "checking":
      return { text: "Checking", tone: "" };
    case "created":
      return { text: "Added to Unlabelled", tone: "good" };
    case "duplicate":
      return { text: "Already here", tone: "" };
    case "rejected":
      return { text: `Refused: ${item.reason ?? "not an image"}`, tone: "bad" };
    case "failed":
      return { text: `Not sent: ${item.reason ?? "unknown"}`, tone: "bad" };
  }
}

function Mark({ item, slug }: { item: UploadItem; slug: string }) {
  if (item.state === "sending")
    return <span>{Math.floor((100 * item.sent) / Math.max(1, item.file.size))} %</span>;
  if (item.state === "checking") return <Spinner />;
  if (item.state === "created") return <Icon name="check" class="good" />;
  if (item.state === "duplicate") {
    return (
      <a class="link" href={`/p/${slug}/label/${item.image}`}>
        Show
      </a>
    );
  }
  return item.state === "waiting" ? null : <Icon name="x" class="bad" />;
}

function UploadRow({ item, slug }: { item: UploadItem; slug: string }) {
  const { text, tone } = describe(item);
  return (
    <li class="up">
      {item.image === undefined ? (
        <span class="ph">
          <Icon name="image" />
        </span>
      ) : (
        <img src={apiUrl(`images/${item.image}/thumbnail/`)} alt="" loading="lazy" decoding="async" />
      )}
      <div class="grow">
        <div class="cut" title={item.file.name}>
          {item.file.name}
        </div>
        <div class={`st ${tone}`}>{text}</div>
        {item.state === "sending" && (
          <Bar
            value={item.sent}
            max={Math.max(1, item.file.size)}
            label={`Upload of ${item.file.name}`}
            live
          />
        )}
      </div>
      <span class="row">
        <Mark item={item} slug={slug} />
      </span>
    </li>
  );
}

/** Bytes a second since the queue last stood still. */
function useTimeLeft(sent: number, total: number, busy: boolean): number | null {
  const start = useRef<{ at: number; sent: number } | null>(null);
  if (!busy) start.current = null;
  else start.current ??= { at: performance.now(), sent };
  if (!start.current || sent >= total) return null;
  const seconds = (performance.now() - start.current.at) / 1000;
  const rate = (sent - start.current.sent) / seconds;
  return seconds > 1.5 && rate > 0 ? (total - sent) / rate : null;
}

const RANK: Partial<Record<UploadItem["state"], number>> = {
  failed: 0,
  rejected: 1,
  duplicate: 2,
  created: 3,
};

function ordered(items: UploadItem[]): {
  moving: UploadItem[];
  waiting: UploadItem[];
  finished: UploadItem[];
} {
  const rank = (item: UploadItem) => RANK[item.state] ?? 0;
  return {
    moving: items.filter((item) => item.state === "sending" || item.state === "checking"),
    waiting: items.filter((item) => item.state === "waiting"),
    finished: items
      .filter(isFinished)
      .reverse()
      .sort((one, other) => rank(one) - rank(other)),
  };
}

/** In flight on top, then waiting, then the results with their reasons, what did not come in first. */
export function UploadList({ queue, slug }: { queue: UploadQueue; slug: string }) {
  const items = queue.items.value;
  const totals = totalsOf(items);
  const busy = totals.finished < totals.files;
  const left = useTimeLeft(totals.sent, totals.bytes, busy);
  const { moving, waiting, finished } = ordered(items);
  if (items.length === 0) return null;
  return (
    <section class="dock-part" aria-label="Uploads">
      <header>
        <h2 class="grow">
          {busy ? "Uploading" : "Uploaded"} {counted(totals.files, "file")}
        </h2>
        {totals.failed > 0 && !busy && (
          <Button size="sm" onClick={() => queue.retryFailed()}>
            Try {count(totals.failed)} again
          </Button>
        )}
        {!busy && (
          <Button size="sm" look="quiet" onClick={() => queue.clear()}>
            Clear
          </Button>
        )}
      </header>
      {busy && (
        <div class="dock-total">
          <Bar value={totals.sent} max={Math.max(1, totals.bytes)} label="All uploads" live />
          <div class="between">
            <span>
              {count(totals.finished)} of {counted(totals.files, "file")}, {bytes(totals.sent)} of{" "}
              {bytes(totals.bytes)}
            </span>
            {left !== null && <span>{duration(left)} left</span>}
          </div>
        </div>
      )}
      <p class="dock-sum" role="status">
        <span>
          <b class={totals.created ? "good" : ""}>{count(totals.created)}</b> added
        </span>
        <span>
          <b>{count(totals.duplicate)}</b> already here
        </span>
        <span>
          <b class={totals.rejected ? "bad" : ""}>{count(totals.rejected)}</b> refused
        </span>
        {totals.failed > 0 && (
          <span>
            <b class="bad">{count(totals.failed)}</b> not sent
          </span>
        )}
      </p>
      <ul>
        {[...moving, ...waiting.slice(0, SHOWN_WAITING)].map((item) => (
          <UploadRow key={item.id} item={item} slug={slug} />
        ))}
        {waiting.length > SHOWN_WAITING && (
          <li class="up-more">and {counted(waiting.length - SHOWN_WAITING, "file")} more waiting</li>
        )}
        {finished.slice(0, SHOWN_FINISHED).map((item) => (
          <UploadRow key={item.id} item={item} slug={slug} />
        ))}
      </ul>
    </section>
  );
}
