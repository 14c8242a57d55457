import { useState } from "preact/hooks";
import { api } from "../api/client";
import { sentence } from "../api/errors";
import type { Run } from "../api/types";
import { useProject } from "../app/project";
import { frozenSnapshot } from "./makeSnapshot";
import { requestOf, type TrainForm } from "./trainForm";

interface Start {
  /** What is under way, for the button; empty while nothing is. */
  readonly doing: string;
  readonly fault: string;
  /** `snapshot` null: of what is labelled now, a snapshot is made first. */
  start(form: TrainForm, snapshot: number | null): Promise<void>;
}

export function useStart(onStarted: (run: Run) => void): Start {
  const { id } = useProject().project.value;
  const [doing, setDoing] = useState("");
  const [fault, setFault] = useState("");
  const start = async (form: TrainForm, snapshot: number | null) => {
    setFault("");
    try {
      if (snapshot === null) setDoing("Making the snapshot");
      const on = snapshot ?? (await frozenSnapshot(id)).id;
      setDoing("Starting");
      onStarted(await api.post<Run>(`projects/${id}/runs/`, { snapshot: on, ...requestOf(form) }));
    } catch (error) {
      setFault(sentence(error));
      setDoing("");
    }
  };
  return { doing, fault, start };
}
