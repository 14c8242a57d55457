import "../../plots/plots.css";
import { api, apiUrl } from "../../api/client";
import { fetchAnnotations } from "../../api/fetchers";
import type { Annotation, Image, Page, Project, Run } from "../../api/types";
import { user } from "../../app/session";
import { runFigure } from "../../app/shell/runFigure";
import { TASKS } from "../../app/tasks";
import { Sparkline } from "../../plots/sparkline";
import { Boxes, drawnBoxes } from "../../ui/boxes";
import { ago, count, counted, duration, fraction } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Bar, Spinner } from "../../ui/progress";
import { useLoaded } from "../../ui/useLoaded";
import { curveOf } from "./runCurve";

const CURVE_RUNS = 12;

interface Cover {
  image: Image;
  annotations: Annotation[];
}

/** A labelled image where there is one: the cover shows what the project marks. */
async function fetchCover(project: Project, signal: AbortSignal): Promise<Cover | null> {
  const { counts } = project;
  if (counts.images === 0) return null;
  const queue = (["done", "labelled", "review"] as const).find((name) => counts[name] > 0);
  const page = await api.get<Page<Image>>(`projects/${project.id}/images/`, {
    query: { queue, limit: 1, order: "name" },
    signal,
  });
  const image = page.results[0];
  if (!image) return null;
  const marked = TASKS[project.task].hasBoxes && image.annotation_count > 0;
  return { image, annotations: marked ? await fetchAnnotations(image.id, signal) : [] };
}

function CoverPicture({ project }: { project: Project }) {
  const { value } = useLoaded(`cover-${project.id}-${project.counts.images > 0}`, (signal) =>
    fetchCover(project, signal),
  );
  if (!value) {
    return <div class="pic bare">{project.counts.images === 0 && <Icon name="image" />}</div>;
  }
  return (
    <div class="pic">
      <img src={apiUrl(`images/${value.image.id}/preview/`)} alt="" loading="lazy" decoding="async" />
      <Boxes
        width={value.image.width}
        height={value.image.height}
        boxes={drawnBoxes(value.annotations, project.labels)}
      />
    </div>
  );
}

/** How the figure went over the newest runs; nothing before there are two. */
function RunCurve({ project, run }: { project: Project; run: Run }) {
  const { value: runs } = useLoaded(run.number > 1 ? `curve-${run.id}-${run.status}` : null, (signal) =>
    api.get<Page<Run>>(`projects/${project.id}/runs/`, { query: { limit: CURVE_RUNS }, signal }),
  );
  const { key, title } = TASKS[project.task].headline;
  const points = curveOf(runs?.results ?? [], key);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return null;
  return (
    <Sparkline
      points={points}
      ceiling={1}
      summary={`${title} over ${points.length} runs: from ${fraction(first.y)} to ${fraction(last.y)}`}
    />
  );
}

function RunLine({ project, run }: { project: Project; run: Run | null }) {
  if (!run) return <span class="dim cut">{firstStep(project)}</span>;
  const figure = runFigure(run);
  if (run.status === "queued" || run.status === "running") {
    return (
      <>
        <Spinner />
        <span class="grow cut">
          Run {run.number}:{" "}
          {run.eta_seconds === null ? run.phase || run.status : `${duration(run.eta_seconds)} left`}
        </span>
        {figure && (
          <span class="dim nowrap">
            {figure.name} {figure.value}
          </span>
        )}
      </>
    );
  }
  return (
    <>
      <span class="cut dim grow">
        Run {run.number}{" "}
        {figure && (
          <b>
            {figure.name} {figure.value}
          </b>
        )}
        {run.status !== "succeeded" && <span class={run.status === "failed" ? "bad" : ""}>{run.status}</span>}{" "}
        <span class="faint">{ago(run.finished_at ?? run.created_at)}</span>
      </span>
      <RunCurve project={project} run={run} />
    </>
  );
}

function firstStep({ counts }: Project): string {
  if (counts.images === 0) return "No images yet";
  if (counts.labelled + counts.review + counts.done === 0) return "No model yet: label the first images";
  return "No model yet: train the first";
}

export function ProjectCard({ project, run }: { project: Project; run: Run | null }) {
  const { counts, labels, task } = project;
  const ready = counts.labelled + counts.review + counts.done;
  const all = counts.images - counts.skipped;
  return (
    <a class="card" href={`/p/${project.slug}/images`}>
      <CoverPicture project={project} />
      <div class="txt">
        <div class="ttl">
          <b class="cut">{project.name}</b>
          {(user.value?.teams.length ?? 0) > 1 && <span class="faint cut team">{project.team.name}</span>}
        </div>
        <div>
          <div class="between">
            <span>
              {count(ready)} of {count(all)} labelled
            </span>
            <span class="faint">
              {TASKS[task].name}, {counted(labels.length, "label")}
            </span>
          </div>
          <Bar value={ready} max={all} label="Labelled images" />
        </div>
        <div class="foot">
          <RunLine project={project} run={run} />
        </div>
      </div>
    </a>
  );
}
