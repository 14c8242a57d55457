/** What needs a decision or an explanation, in lines above the stage; nothing covers the picture. */
import type { ComponentChildren } from "preact";
import { asBox } from "../../annotator/core/gesture";
import { lookOf } from "../../annotator/core/scene";
import { rivals, type Value } from "../../annotator/saving/pendingChanges";
import { savingStatus } from "../../annotator/saving/savingSession";
import { Button } from "../../ui/button";
import { AlongNotice } from "./alongNotice";
import { sizeText } from "./boxesPanel";
import { Notice } from "./notice";
import { clock, freeTaken, isTakenUntil } from "./takeAlong";
import type { Walk } from "./walks";
import type { WorkbenchState } from "./workbenchState";

interface NoticesProps {
  readonly workbench: WorkbenchState;
  readonly walk: Walk;
  /** What comes after those of the image. */
  readonly children: ComponentChildren;
}

export function Notices({ workbench, walk, children }: NoticesProps) {
  const holder = workbench.holder.value;
  const deletedBy = workbench.deletedBy.value;
  const until = workbench.image.value?.claim_expires_at ?? null;
  const isTaken = isTakenUntil(until);
  return (
    <div class="notices">
      {!workbench.editable && (
        <Notice tone="info" icon="lock" id="read-only-notice">
          <span>
            You are a viewer here: you can look and zoom. Ask a manager of the team to let you label.
          </span>
        </Notice>
      )}
      {workbench.editable && holder && (
        <Notice tone="info" icon="team" id="holder-notice">
          <span class="grow">
            Claimed by {holder.name}
            {isTaken && `, who took it along until ${clock(until)}`}. You can still label: changes to
            different boxes are merged.
          </span>
          {isTaken && workbench.project.may("manager") && (
            <Button size="sm" onClick={() => void freeTaken(workbench, holder)}>
              Free all that {holder.name} took
            </Button>
          )}
        </Notice>
      )}
      {deletedBy && (
        <Notice tone="warn" icon="trash" id="deleted-notice">
          <span>
            {deletedBy.name} deleted this image. A manager can bring it back from the Trash for 30 days.
          </span>
        </Notice>
      )}
      <AlongNotice workbench={workbench} walk={walk} />
      <Conflicts workbench={workbench} />
      <Refusals workbench={workbench} />
      {!savingStatus.value.kept && savingStatus.value.pending > 0 && (
        <Notice tone="bad" icon="warn" id="storage-notice">
          <span>This browser keeps nothing for this page. Stay here until all is saved.</span>
        </Notice>
      )}
      {children}
    </div>
  );
}

function said(workbench: WorkbenchState, value: Value): string {
  const box = asBox(value);
  if (!value) return "deleted";
  const { name } = lookOf(workbench.looks.value, value.label);
  return box ? `${name} ${sizeText(box)}` : name;
}

function Conflicts({ workbench }: { workbench: WorkbenchState }) {
  const entry = workbench.entry.value;
  const { saver } = workbench.saving;
  const all = Object.entries(entry?.conflicts ?? {});
  if (!entry || all.length === 0) {
    const elsewhere = savingStatus.value.conflicts;
    return elsewhere > 0 ? <ConflictsElsewhere workbench={workbench} /> : null;
  }
  const decide = (id: string, mine: boolean): void => {
    if (mine) saver.keepMine(entry.image, id);
    else workbench.takeTheirs(id);
  };
  return (
    <Notice tone="warn" icon="warn" id="conflict-notice">
      <div class="grow">
        <p>
          {rivals(entry)} changed the same {all.length === 1 ? "annotation" : `${all.length} annotations`}{" "}
          meanwhile. Theirs is dashed.
        </p>
        {all.map(([id, theirs]) => (
          <p class="row" key={id} data-testid="conflict-row">
            <span class="grow">
              Mine: {said(workbench, entry.changes[id]?.value ?? null)}. Theirs: {said(workbench, theirs)}.
            </span>
            <Button size="sm" data-testid="take-theirs" onClick={() => decide(id, false)}>
              Take theirs
            </Button>
            <Button size="sm" data-testid="keep-mine" onClick={() => decide(id, true)}>
              Keep mine
            </Button>
          </p>
        ))}
      </div>
    </Notice>
  );
}

function ConflictsElsewhere({ workbench }: { workbench: WorkbenchState }) {
  const { slug } = workbench.project.project.value;
  const waiting = workbench.saving.saver.conflicted();
  return (
    <Notice tone="warn" icon="warn" id="conflict-elsewhere">
      <span class="grow">Changes to {waiting.map(({ name }) => name).join(", ")} wait for a decision.</span>
      {waiting.slice(0, 1).map(({ image }) => (
        <a key={image} class="btn sm" href={`/p/${slug}/label/${image}`}>
          Open
        </a>
      ))}
    </Notice>
  );
}

function Refusals({ workbench }: { workbench: WorkbenchState }) {
  return (
    <>
      {savingStatus.value.refusals.map(({ image, name, reason, count }) => (
        <Notice key={image} tone="bad" icon="warn" id="refused-notice">
          <span class="grow">
            {count === 1 ? "1 change" : `${count} changes`} to {name} {count === 1 ? "was" : "were"} not
            accepted: {reason} Kept on this device.
          </span>
          <Button size="sm" onClick={() => workbench.retry(image)}>
            Try again
          </Button>
          <Button size="sm" look="danger" onClick={() => workbench.discard(image)}>
            Discard
          </Button>
        </Notice>
      ))}
    </>
  );
}
