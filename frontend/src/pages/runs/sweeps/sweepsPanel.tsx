import type { Sweep } from "../../../api/types";
import { useProject } from "../../../app/project";
import { TASKS } from "../../../app/tasks";
import { ago, counted, fraction } from "../../../ui/figures";
import { Bar } from "../../../ui/progress";
import { axisName } from "./axes";

/** The project's sweeps, each as one row. */
export function SweepsPanel({ sweeps }: { sweeps: readonly Sweep[] }) {
  const score = TASKS[useProject().project.value.task].headline;
  return (
    <section class="panel" aria-label="Sweeps">
      <header>
        <h2 class="grow">Sweeps</h2>
      </header>
      <table class="runs">
        <thead>
          <tr>
            <th scope="col">Sweep</th>
            <th scope="col">Runs</th>
            <th scope="col" class="wide-only">
              Compares
            </th>
            <th scope="col">Best</th>
            <th scope="col" class="num">
              {score.title}
            </th>
            <th scope="col" class="wide-only">
              Started
            </th>
          </tr>
        </thead>
        <tbody>
          {sweeps.map((sweep) => (
            <SweepLine key={sweep.id} sweep={sweep} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SweepLine({ sweep }: { sweep: Sweep }) {
  const { project } = useProject();
  const home = `/p/${project.value.slug}/runs`;
  const score = TASKS[project.value.task].headline;
  const { queued, running, ...ended } = sweep.runs;
  const done = ended.succeeded + ended.failed + ended.canceled;
  const all = done + queued + running;
  return (
    <tr data-testid={`sweep-${sweep.id}`}>
      <th scope="row">
        <a href={`${home}/sweeps/${sweep.id}`}>{sweep.name}</a>
      </th>
      <td>
        {done < all ? `${done} of ${all}` : counted(all, "run")}
        {done < all && <Bar value={done} max={all} label={`${sweep.name}, runs that have ended`} live />}
      </td>
      <td class="wide-only dim">{Object.keys(sweep.axes).map(axisName).join(", ")}</td>
      <td>{sweep.best ? <a href={`${home}/${sweep.best.number}`}>Run {sweep.best.number}</a> : "–"}</td>
      <td class="num">
        <b>{fraction(sweep.best?.metrics[score.key])}</b>
      </td>
      <td class="wide-only dim">
        {ago(sweep.created_at)}
        {sweep.created_by ? `, ${sweep.created_by.name}` : ""}
      </td>
    </tr>
  );
}
