import { useEffect } from "preact/hooks";
import { api } from "../../../api/client";
import type { Fates, Run } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { SuggestButton } from "../../../training/suggestButton";
import { count, counted } from "../../../ui/figures";
import { useLoaded } from "../../../ui/useLoaded";

/** What the run does for those who label: how many of its suggestions were taken as they were, moved, put away. */
export function SuggestionsPanel({ run }: { run: Run }) {
  const fates = useFates(run.id);
  const { project, counts, may } = useProject();
  const { suggested } = TASKS[project.value.task];
  if (!fates) return null;
  const asked = fates.images > 0;
  if (!asked && (!may("manager") || counts.value.unlabelled === 0)) return null;
  return (
    <section class="panel test-split" aria-label="Suggestions" data-testid="run-suggestions">
      <header class="wraps">
        <h2>Suggestions</h2>
        <p class="small faint grow">
          {asked ? fatesText(fates) : invitation(suggested, counts.value.unlabelled)}
        </p>
        <SuggestButton run={run.id} size="sm" />
      </header>
    </section>
  );
}

function useFates(run: number): Fates | null {
  const { events } = useProject();
  const { value, reload } = useLoaded(`fates ${run}`, (signal) =>
    api.get<Fates>(`runs/${run}/suggestions/`, { signal }),
  );
  useEffect(() => {
    const ends = [
      events.on("prediction", ({ status }) => status !== "running" && reload()),
      events.onGap(reload),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [events, reload]);
  return value;
}

function invitation(suggested: string, unlabelled: number): string {
  return `This run can suggest ${suggested} for ${counted(unlabelled, "unlabelled image")}, to be accepted or not.`;
}

function fatesText({ images, open, taken, moved, rejected }: Fates): string {
  const settled = taken + moved + rejected;
  const waiting = `${count(open)} open`;
  if (settled === 0) return `On ${counted(images, "image")}: ${waiting}.`;
  const share = Math.round((taken / settled) * 100);
  return (
    `On ${counted(images, "image")}: ${count(taken)} taken as they were (${share} %), ` +
    `${count(moved)} moved, ${count(rejected)} rejected; ${waiting}.`
  );
}
