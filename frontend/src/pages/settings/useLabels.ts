import { api } from "../../api/client";
import type { Label } from "../../api/types";
import { addLabel } from "../../app/addLabel";
import { useProject } from "../../app/project";
import { toastError } from "../../ui/toast";
import { changedPositions, reordered } from "./labelOrder";

export interface Labels {
  list: Label[];
  add(name: string): Promise<void>;
  change(label: Label, part: Partial<Pick<Label, "name" | "color">>): Promise<void>;
  move(from: number, to: number): Promise<void>;
  remove(label: Label): Promise<void>;
  merge(label: Label, into: Label): Promise<void>;
}

/** The project's labels: shown at once, saved behind, put right from the server when saving failed. */
export function useLabels(): Labels {
  const { project, reload } = useProject();
  const list = project.value.labels;
  const show = (labels: Label[]) => {
    project.value = { ...project.value, labels };
  };
  const guarded = async (deed: () => Promise<unknown>) => {
    try {
      await deed();
    } catch (error) {
      toastError(error);
      await reload();
    }
  };
  return {
    list,
    add: async (name) => void (await addLabel({ project }, name)),
    change: (label, part) =>
      guarded(async () => {
        show(list.map((other) => (other.id === label.id ? { ...other, ...part } : other)));
        await api.patch(`labels/${label.id}/`, part);
      }),
    move: (from, to) =>
      guarded(async () => {
        const next = reordered(list, from, to);
        const changes = changedPositions(next);
        const positions = new Map(changes.map((change) => [change.id, change.position]));
        show(next.map((label) => ({ ...label, position: positions.get(label.id) ?? label.position })));
        for (const { id, position } of changes) await api.patch(`labels/${id}/`, { position });
      }),
    remove: async (label) => {
      await api.delete(`labels/${label.id}/`);
      show(project.value.labels.filter((other) => other.id !== label.id));
    },
    merge: async (label, into) => {
      await api.post(`labels/${label.id}/merge/`, { into: into.id });
      await reload();
    },
  };
}
