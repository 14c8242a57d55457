import type { ListPlace, Queue } from "../../api/types";
import { KeyHint } from "../../app/keyHint";
import { withKey } from "../../app/keys";
import { userId } from "../../app/session";
import { ThemeToggle } from "../../app/shell/person";
import { Avatar } from "../../ui/avatar";
import { Badge, type Tone } from "../../ui/badge";
import { Button, IconButton } from "../../ui/button";
import { count } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Menu, MenuItem } from "../../ui/menu";
import { adjustmentText, unadjust } from "./adjustment";
import type { PageActions } from "./keys";
import { imagesAddress } from "./listEnd";
import { listName, placeName } from "./listNames";
import { QUEUE_NAMES } from "./queues";
import { SavingState } from "./savingState";
import { alongDeed, trip } from "./takeAlong";
import type { Walk } from "./walks";
import type { WorkbenchState } from "./workbenchState";

interface HeaderProps {
  readonly workbench: WorkbenchState;
  readonly page: PageActions;
  readonly walk: Walk;
  /** Where this image is in the list. */
  readonly place: ListPlace | null;
}

export function WorkbenchHeader({ workbench, page, walk, place }: HeaderProps) {
  const project = workbench.project.project.value;
  const image = workbench.image.value;
  const back = imagesAddress(project.slug, walk.list);
  const ready = workbench.phase.value === "ready";
  const whyNot = workbench.whyNotTo("skipped");
  const looksBack = workbench.looksBack.value;
  return (
    <header class="top wb-top">
      <a class="btn icon quiet" href={back} aria-label="Back to images" title="Back to images">
        <Icon name="left" />
      </a>
      <div class="crumbs wb-crumbs">
        <a class="desk-only cut" href={back}>
          {project.name}
        </a>
        <span class="sep desk-only">/</span>
        <h1 class="cut" data-testid="image-name">
          {image?.name ?? "Label"}
        </h1>
        {ready && <QueueBadge workbench={workbench} />}
        {isMine(workbench) && (
          <span class="desk-only">
            <Menu
              trigger={
                <>
                  Assigned to you <Icon name="down" class="end" />
                </>
              }
              look="btn quiet sm"
            >
              <MenuItem onClick={page.giveBack}>Give back</MenuItem>
            </Menu>
          </span>
        )}
        <WalkName workbench={workbench} walk={walk} place={place} />
      </div>
      <Present workbench={workbench} />
      <Adjusted />
      <SavingState saver={workbench.saving.saver} />
      <span class="wb-rule desk-only" />
      <span class="desk-only">
        {workbench.editable && (
          <IconButton icon="download" label={withKey(alongDeed(), "along")} onClick={page.along} />
        )}
        <IconButton
          icon="clock"
          label={withKey("History of the image", "history")}
          disabled={!ready}
          onClick={page.history}
        />
        <ThemeToggle />
      </span>
      <span class="wb-rule desk-only" />
      {workbench.editable && (
        <span class="desk-only" title={whyNot ?? undefined}>
          <Button
            look="quiet"
            onClick={page.skip}
            disabled={!ready || looksBack || whyNot !== null}
            data-testid="skip-image"
          >
            Skip <KeyHint of="skip" />
          </Button>
        </span>
      )}
      <span class="desk-only">
        <Button
          look="primary"
          onClick={page.next}
          disabled={looksBack || (!ready && workbench.phase.value !== "failed")}
          data-testid="next-image"
        >
          {workbench.isDraft.value && workbench.editable ? "Finish image" : "Next image"}{" "}
          <KeyHint of="next" />
        </Button>
      </span>
      <span class="phone-only">
        <MoreMenu workbench={workbench} page={page} />
      </span>
    </header>
  );
}

/** On a phone, where no status line says it: the picture is not as it is. */
function Adjusted() {
  const text = adjustmentText.value;
  if (!text) return null;
  return (
    <span class="phone-only">
      <IconButton icon="contrast" class="adjusted" label={`${text}: show it as it is`} onClick={unadjust} />
    </span>
  );
}

/** One is asked to label it. */
function isMine({ image, assignee }: WorkbenchState): boolean {
  return image.value !== null && assignee.value !== null && assignee.value.id === userId.value;
}

const MOST_AVATARS = 3;

/** Who else looks at this image: first whoever holds it. */
function Present({ workbench }: { workbench: WorkbenchState }) {
  const holder = workbench.holder.value;
  const watching = workbench.present.value
    .map(({ person }) => person)
    .filter(({ id }) => id !== holder?.id)
    .map((person) => ({ person, does: `${person.name} looks at this image` }));
  const all = holder ? [{ person: holder, does: `${holder.name} holds this image` }, ...watching] : watching;
  const more = all.slice(MOST_AVATARS);
  return (
    <span class="wb-present" role="status" data-testid="present">
      {all.slice(0, MOST_AVATARS).map(({ person, does }) => (
        <span key={person.id} title={does}>
          <span class="vh">{does}. </span>
          <Avatar person={person} decorative />
        </span>
      ))}
      {more.length > 0 && (
        <span class="small faint" title={more.map(({ does }) => does).join("\n")}>
          +{more.length}
        </span>
      )}
    </span>
  );
}

/** The list that one walks, or how many images the queue has left. */
function WalkName({ workbench, walk, place }: Pick<HeaderProps, "workbench" | "walk" | "place">) {
  const { counts, project } = workbench.project;
  if (walk.isAlong) {
    return (
      <span class="faint nowrap" data-testid="along-place">
        {trip.value && place ? `${place.place} of ${place.total} with you` : "No longer with you"}
      </span>
    );
  }
  if (walk.list) {
    return (
      <span class="faint cut" data-testid="list-name">
        {placeName(place, listName(walk.list, project.value.labels))}
      </span>
    );
  }
  return (
    <span class="faint nowrap" data-testid="queue-left">
      {count(counts.value[walk.queue])} {QUEUE_NAMES[walk.queue].left}
    </span>
  );
}

const QUEUE_TONES: Partial<Record<Queue, Tone>> = { skipped: "warn", done: "good" };

/** Where this image stands, once it isn't waiting for labels any more. */
function QueueBadge({ workbench }: { workbench: WorkbenchState }) {
  const queue = workbench.queue.value;
  if (workbench.isDraft.value) return <DraftBadge workbench={workbench} />;
  if (queue === "unlabelled") return null;
  const isEmpty = queue !== "skipped" && workbench.document.value.annotations.size === 0;
  const reason = queue === "skipped" && workbench.image.value?.skip_reason;
  return (
    <span class="cut" data-testid="queue-badge" data-queue={queue} title={reason || undefined}>
      <Badge tone={QUEUE_TONES[queue] ?? "neutral"}>
        <span class="cut">
          {QUEUE_NAMES[queue].name}
          {isEmpty && ", empty"}
          {reason && `: ${reason}`}
        </span>
      </Badge>
    </span>
  );
}

/** Whose unfinished boxes these are, until one draws oneself. */
function DraftBadge({ workbench }: { workbench: WorkbenchState }) {
  const author = workbench.image.value?.drafted_by;
  const isTheirs = author && author.id !== userId.value && workbench.document.value.past.length === 0;
  return (
    <span data-testid="queue-badge" data-queue="draft" title="It has boxes, and nobody has finished it yet">
      <Badge tone="info">{isTheirs ? `Draft by ${author.name}` : "Draft"}</Badge>
    </span>
  );
}

function MoreMenu({ workbench, page }: { workbench: WorkbenchState; page: PageActions }) {
  const changes = workbench.editable && !workbench.looksBack.value;
  return (
    <Menu trigger={<Icon name="dots" />} label="More" look="btn quiet icon" align="right">
      {changes && !workbench.whole && (
        <MenuItem icon="check" onClick={page.empty}>
          Nothing here
        </MenuItem>
      )}
      {changes && (
        <MenuItem icon="skip" onClick={page.skip}>
          Skip
        </MenuItem>
      )}
      {changes && (
        <MenuItem icon="download" onClick={page.along}>
          {alongDeed()}
        </MenuItem>
      )}
      <MenuItem icon="clock" onClick={page.history}>
        History
      </MenuItem>
      {isMine(workbench) && <MenuItem onClick={page.giveBack}>Give back</MenuItem>}
      <MenuItem icon="redo" onClick={() => workbench.command({ name: "redo" })}>
        Redo
      </MenuItem>
      <MenuItem icon="eye" onClick={() => workbench.command({ name: "hide" })}>
        {workbench.hidden.value ? "Show boxes" : "Hide boxes"}
      </MenuItem>
      <MenuItem icon="contrast" onClick={page.view}>
        Brightness and contrast
      </MenuItem>
      <MenuItem icon="fit" onClick={() => workbench.command({ name: "fit" })}>
        Fit
      </MenuItem>
    </Menu>
  );
}
