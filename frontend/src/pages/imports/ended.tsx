import type { ComponentChildren } from "preact";
import type { Import } from "../../api/types";
import { errorText } from "../../app/importState";
import { useProject } from "../../app/project";
import { ButtonLink } from "../../ui/button";
import { count } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Stat } from "../../ui/stat";

const FIGURES: readonly (readonly [name: keyof Import["counts"], title: string])[] = [
  ["images_created", "Images added"],
  ["images_duplicate", "Already here"],
  ["images_changed", "Images changed"],
  ["annotations_created", "Annotations added"],
  ["annotations_existing", "Annotations already here"],
  ["annotations_left_out", "Annotations left out"],
];

/** How it ended, and the ways on. */
export function Ended({ from }: { from: Import }) {
  return from.status === "succeeded" ? <Arrived from={from} /> : <NotArrived from={from} />;
}

function Arrived({ from }: { from: Import }) {
  const { slug } = useProject().project.value;
  const shown = FIGURES.filter(([name]) => from.counts[name]);
  return (
    <section class="panel import-outcome" aria-label="What came in">
      {shown.length > 0 ? (
        <dl class="stats">
          {shown.map(([name, title]) => (
            <Stat key={name} name={title} value={count(from.counts[name] ?? 0)} testId={`count-${name}`} />
          ))}
        </dl>
      ) : (
        <p>Nothing came in: the archive holds nothing that this project takes.</p>
      )}
      {from.format_reason && <p class="small faint">{from.format_reason}</p>}
      <div class="row wraps">
        <ButtonLink href={`/p/${slug}/images`}>Show the images</ButtonLink>
      </div>
    </section>
  );
}

function NotArrived({ from }: { from: Import }) {
  const { slug } = useProject().project.value;
  const [title, text] = reasonOf(from);
  return (
    <Outcome bad={from.status === "failed"} title={title}>
      {text && <p>{text}</p>}
      <p class="dim">Nothing of it came in: images and labels are as they were.</p>
      <div class="row wraps">
        <ButtonLink href={`/p/${slug}/images?add=import`}>Import again</ButtonLink>
        <ButtonLink look="quiet" href={`/p/${slug}/images`}>
          Back to the images
        </ButtonLink>
      </div>
    </Outcome>
  );
}

function reasonOf(from: Import): [title: string, text: string] {
  if (from.status === "failed") return ["This could not be imported", errorText(from)];
  if (from.error?.code === "expired") return ["This import has expired", errorText(from)];
  return ["This import was canceled", ""];
}

function Outcome(props: { bad: boolean; title: string; children: ComponentChildren }) {
  return (
    <section class={props.bad ? "panel outcome bad" : "panel outcome"} role={props.bad ? "alert" : "status"}>
      <Icon name={props.bad ? "warn" : "stop"} />
      <div class="grow import-reason">
        <h2>{props.title}</h2>
        {props.children}
      </div>
    </section>
  );
}
