import { api } from "../api/client";
import { fetchAll } from "../api/fetchers";
import type { Preset } from "../api/types";
import { useProject } from "../app/project";
import { useLoaded } from "../ui/useLoaded";
import { requestOf, type TrainForm } from "./trainForm";

export interface Presets {
  /** Null until they are here. */
  readonly list: Preset[] | null;
  save(name: string, form: TrainForm): Promise<Preset>;
  rename(preset: Preset, name: string): Promise<Preset>;
  remove(preset: Preset): Promise<void>;
}

/** The team's presets. */
export function usePresets(): Presets {
  const path = `teams/${useProject().project.value.team.slug}/presets/`;
  const { value, reload } = useLoaded(path, (signal) => fetchAll<Preset>(path, signal));
  const then = async <Answer>(request: Promise<Answer>): Promise<Answer> => {
    const answer = await request;
    reload();
    return answer;
  };
  return {
    list: value,
    save: (name, form) => {
      const { model, config } = requestOf(form);
      return then(api.post<Preset>(path, { name, model, config }));
    },
    rename: (preset, name) => then(api.patch<Preset>(`${path}${preset.id}/`, { name })),
    remove: (preset) => then(api.delete<void>(`${path}${preset.id}/`)),
  };
}
