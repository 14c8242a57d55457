import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { api, apiUrl } from "../api/client";
import { ApiError } from "../api/errors";
import { EventStream, streamWhileSeen } from "../api/events";
import type { Counts, Page, Project, Role, Run } from "../api/types";
import { PageError, PageLoading } from "../ui/states";
import { atLeast } from "./session";

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

const Context = createContext<ProjectState | null>(null);

export function useProject(): ProjectState {
  const state = useContext(Context);
  if (!state) throw new Error("useProject outside of a project's page");
  return state;
}

async function fetchProject(slug: string): Promise<Project | null> {
  const page = await api.get<Page<Project>>("projects/", { query: { slug } });
  return page.results.find((project) => project.slug === slug) ?? null;
}

function missing(): ApiError {
  const detail = "There is no such project, or it is not yours.";
  return new ApiError({ type: "about:blank", title: "Not found", status: 404, detail });
}

async function fetchLatestRun(id: number): Promise<Run | null> {
  const page = await api.get<Page<Run>>(`projects/${id}/runs/`, { query: { limit: 1 } });
  return page.results[0] ?? null;
}

function makeState(loaded: Project, slug: string): ProjectState {
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
    events: new EventStream(apiUrl(`projects/${loaded.id}/events/`)),
    reload: async () => {
      const { counts } = project.value;
      const [fresh] = await Promise.all([fetchProject(slug), loadRun().catch(() => {})]);
      if (!fresh) return;
      // Counts that an event brought meanwhile may be newer than the answer; if not, another event follows.
      const told = project.value.counts;
      project.value = told === counts ? fresh : { ...fresh, counts: told };
    },
  };
}

function follow(state: ProjectState): () => void {
  const { project, latestRun, events } = state;
  const ends = [
    events.on("counts", (counts) => {
      project.value = { ...project.value, counts: { ...project.value.counts, ...counts } };
    }),
    events.on("run", (run) => {
      const known = latestRun.value;
      if (known?.id === run.id) latestRun.value = { ...known, ...run };
      else if (!known || run.id > known.id) void state.reload();
    }),
    events.onGap(() => void state.reload()),
    streamWhileSeen(events),
  ];
  return () => {
    for (const end of ends) end();
  };
}

type Loading = { slug: string; state: ProjectState | null; error: unknown };

/** Loads the project of the address, then shows the page inside its context. */
export function ProjectProvider({ slug, children }: { slug: string; children: ComponentChildren }) {
  const [loading, setLoading] = useState<Loading>({ slug, state: null, error: null });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    fetchProject(slug).then(
      (project) => {
        if (gone) return;
        const state = project && makeState(project, slug);
        setLoading({ slug, state, error: state ? null : missing() });
      },
      (error) => !gone && setLoading({ slug, state: null, error }),
    );
    return () => {
      gone = true;
    };
  }, [slug, tries]);
  const state = loading.slug === slug ? loading.state : null;
  useEffect(() => (state ? follow(state) : undefined), [state]);
  const value = useMemo(() => state, [state]);
  if (loading.error && loading.slug === slug) {
    return <PageError error={loading.error} retry={() => setTries(tries + 1)} />;
  }
  if (!value) return <PageLoading />;
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
