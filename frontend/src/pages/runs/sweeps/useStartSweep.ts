import { useState } from "preact/hooks";
import { api } from "../../../api/client";
import { sentence } from "../../../api/errors";
import type { Sweep } from "../../../api/types";
import { useProject } from "../../../app/project";
import { frozenSnapshot } from "../../../training/makeSnapshot";

interface Start {
  /** What is under way, for the button; empty while nothing is. */
  readonly doing: string;
  readonly fault: string;
  /** `snapshot` null: of what is labelled now, a snapshot is made first. */
  start(request: object, snapshot: number | null): Promise<void>;
}

export function useStartSweep(onStarted: (sweep: Sweep) => void): Start {
  const { id } = useProject().project.value;
  const [doing, setDoing] = useState("");
  const [fault, setFault] = useState("");
  const start = async (request: object, snapshot: number | null) => {
    setFault("");
    try {
      if (snapshot === null) setDoing("Making the snapshot");
      const on = snapshot ?? (await frozenSnapshot(id)).id;
      setDoing("Starting");
      onStarted(await api.post<Sweep>(`projects/${id}/sweeps/`, { ...request, snapshot: on }));
    } catch (error) {
      setFault(sentence(error));
      setDoing("");
    }
  };
  return { doing, fault, start };
}
