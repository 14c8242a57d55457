import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { notFound } from "../api/errors";
import { streamWhileSeen } from "../api/events";
import { PageError, PageLoading } from "../ui/states";
import { follow, loadProject, makeState, type ProjectState } from "./projectState";

export type { ProjectState } from "./projectState";

const Context = createContext<ProjectState | null>(null);

export function useProject(): ProjectState {
  const state = useContext(Context);
  if (!state) throw new Error("useProject outside of a project's page");
  return state;
}

const MISSING = "There is no such project, or it is not yours.";

type Loading = { slug: string; state: ProjectState | null; error: unknown };

/** Loads the project of the address, then shows the page inside its context. */
export function ProjectProvider({ slug, children }: { slug: string; children: ComponentChildren }) {
  const [loading, setLoading] = useState<Loading>({ slug, state: null, error: null });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    loadProject(slug).then(
      (project) => {
        if (gone) return;
        const state = project && makeState(project, slug);
        setLoading({ slug, state, error: state ? null : notFound(MISSING) });
      },
      (error) => !gone && setLoading({ slug, state: null, error }),
    );
    return () => {
      gone = true;
    };
  }, [slug, tries]);
  const state = loading.slug === slug ? loading.state : null;
  useEffect(() => {
    if (!state) return;
    const ends = [follow(state), streamWhileSeen(state.events)];
    return () => {
      for (const end of ends) end();
    };
  }, [state]);
  const value = useMemo(() => state, [state]);
  if (loading.error && loading.slug === slug) {
    return <PageError error={loading.error} retry={() => setTries(tries + 1)} />;
  }
  if (!value) return <PageLoading />;
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
