import type { Import } from "../../api/types";
import { importName } from "../../app/importState";
import { useProject } from "../../app/project";
import { StatusBadge } from "../../ui/badge";
import { until } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { placeOf, STEPS } from "./steps";

/** What is imported, and how far it is. */
export function ImportHead({ from }: { from: Import }) {
  const { slug } = useProject().project.value;
  const name = importName(from);
  return (
    <header class="import-head">
      <a class="row small dim" href={`/p/${slug}/images`}>
        <Icon name="left" />
        Images
      </a>
      <div class="row import-title">
        <h1 class="cut" title={name}>
          {name}
        </h1>
        <StatusBadge status={from.status} />
        {from.status === "waiting" && from.expires_at && (
          <span class="small faint nowrap">expires {until(from.expires_at)}</span>
        )}
        {from.leave_images && <span class="small faint nowrap">images stay in the bucket</span>}
        <span class="grow" />
        <Steps from={from} />
      </div>
    </header>
  );
}

function Steps({ from }: { from: Import }) {
  const isBroken = from.status === "failed" || from.status === "canceled";
  if (from.source !== "archive" || isBroken) return null;
  const at = placeOf(from);
  return (
    <ol class="import-steps" aria-label="Steps">
      {STEPS.map((step, place) => (
        <li key={step} class={place < at ? "past" : ""} aria-current={place === at ? "step" : undefined}>
          {place < at ? <Icon name="check" /> : <span aria-hidden="true">{place + 1}</span>}
          {step}
        </li>
      ))}
    </ol>
  );
}
