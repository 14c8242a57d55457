import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { tripOf } from "../annotator/saving/alongImages";
import { api, apiUrl } from "../api/client";
import { EventStream } from "../api/events";
import type { Counts, Label, Page, Project, Role, Run } from "../api/types";
import { forgetProject } from "./along";
import { atLeast, isAway, startOptions, userId } from "./session";

/** What every page of a project shares. Signals: read `.value` while rendering to follow them. */
export interface ProjectState {
  project: Signal<Project>;
  /** Kept current by events. */
  counts: ReadonlySignal<Counts>;
  /** The newest run, kept current by events; null while there is none. */
  latestRun: Signal<Run | null>;
  role: ReadonlySignal<Role>;
  may(role: Role): boolean;
  events: EventStream;
  reload(): Promise<void>;
}

export async function fetchProject(slug: string): Promise<Project | null> {
  try {
    const page = await api.get<Page<Project>>("projects/", { query: { slug }, ...startOptions() });
    const found = page.results.find((project) => project.slug === slug) ?? null;
    if (!found) await forgetProject(slug);
    return found;
  } catch (error) {
    const trip = isAway(error) && (await tripOf(userId.peek(), slug));
    if (!trip) throw error;
    return trip.project;
  }
}

let expected: { readonly slug: string; readonly project: Promise<Project | null> } | null = null;

/** Asks for the project of the address while the server still says who is here. */
export function expectProject(slug: string): void {
  const project = fetchProject(slug);
  project.catch(() => undefined);
  expected = { slug, project };
}

/** What was expected, once; who was not signed in yet asks again. */
export function loadProject(slug: string): Promise<Project | null> {
  const early = expected?.slug === slug ? expected.project : null;
  expected = null;
  return early?.catch(() => fetchProject(slug)) ?? fetchProject(slug);
}

async function fetchLatestRun(id: number): Promise<Run | null> {
  const page = await api.get<Page<Run>>(`projects/${id}/runs/`, { query: { limit: 1 } });
  return page.results[0] ?? null;
}

export function makeState(loaded: Project, slug: string): ProjectState {
  const project = signal(loaded);
  const latestRun = signal<Run | null>(null);
  const role = computed(() => project.value.role);
  const loadRun = async () => {
    latestRun.value = await fetchLatestRun(loaded.id);
  };
  loadRun().catch(() => {});
  return {
    project,
    counts: computed(() => project.value.counts),
    latestRun,
    role,
    may: (needed) => atLeast(role.value, needed),
    events: new EventStream(apiUrl(`projects/${loaded.id}/events/`), String(loaded.last_event_id)),
    reload: async () => {
      const { counts, labels } = project.value;
      const [fresh] = await Promise.all([fetchProject(slug), loadRun().catch(() => {})]);
      if (!fresh) return;
      // Counts and labels that an event changed during the request are kept: they may be newer than the answer.
      const told = project.value;
      project.value = {
        ...fresh,
        counts: told.counts === counts ? fresh.counts : told.counts,
        labels: told.labels === labels ? fresh.labels : told.labels,
      };
    },
  };
}

/** `known` with those that were added or changed, in their order. */
export function withLabels(known: readonly Label[], arrived: readonly Label[]): Label[] {
  const ids = new Set(arrived.map((label) => label.id));
  const others = known.filter((label) => !ids.has(label.id));
  return [...others, ...arrived].sort((a, b) => a.position - b.position || a.id - b.id);
}

/** Keeps the state current by its events, until the answer is called. */
export function follow(state: ProjectState): () => void {
  const { project, latestRun, events } = state;
  const ends = [
    events.on("counts", (counts) => {
      project.value = { ...project.value, counts: { ...project.value.counts, ...counts } };
    }),
    events.on("labels", ({ labels }) => {
      project.value = { ...project.value, labels: withLabels(project.value.labels, labels) };
    }),
    events.on("run", (run) => {
      const known = latestRun.value;
      if (known?.id === run.id) latestRun.value = { ...known, ...run };
      else if (!known || run.id > known.id) void state.reload();
    }),
    events.onGap(() => void state.reload()),
  ];
  return () => {
    for (const end of ends) end();
  };
}
