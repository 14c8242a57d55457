import { useEffect, useState } from "preact/hooks";
import { api } from "../../../api/client";
import type { Import, Page } from "../../../api/types";
import { isOver, isWorking } from "../../../app/importState";
import { useProject } from "../../../app/project";

const POLL_MS = 3000;

export interface Imports {
  shown: Import[];
  dismiss(id: number): void;
}

/** The imports under way or waiting for a person, and those that ended while this page was open. */
export function useImports(onOver: () => void): Imports {
  const { project, events } = useProject();
  const id = project.value.id;
  const [shown, setShown] = useState<Import[]>([]);
  const put = (one: Import, addNew: boolean) =>
    setShown((old) => {
      const known = old.some((other) => other.id === one.id);
      if (!known) return addNew ? [one, ...old] : old;
      return old.map((other) => (other.id === one.id ? { ...other, ...one } : other));
    });
  const fetchOne = async (one: number) => {
    const fresh = await api.get<Import>(`imports/${one}/`);
    put(fresh, true);
    if (isOver(fresh)) onOver();
  };

  useEffect(() => {
    const abort = new AbortController();
    api
      .get<Page<Import>>(`projects/${id}/imports/`, { query: { limit: 5 }, signal: abort.signal })
      .then((page) => setShown(page.results.filter((one) => !isOver(one))))
      .catch(() => {}); // the page stands without; events bring what moves
    const end = events.on("import", (one) => {
      put(one, true);
      if (isOver(one)) void fetchOne(one.id).catch(() => {});
    });
    return () => {
      abort.abort();
      end();
    };
  }, [id]);

  const working = shown.filter(isWorking).map((one) => one.id);
  useEffect(() => {
    if (working.length === 0) return;
    const timer = setInterval(() => {
      for (const one of working) void fetchOne(one).catch(() => {});
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [working.join()]);

  return {
    shown,
    dismiss: (one) => setShown((old) => old.filter((other) => other.id !== one)),
  };
}
