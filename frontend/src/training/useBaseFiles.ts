import { api } from "../api/client";
import { fetchAll } from "../api/fetchers";
import type { BaseFile } from "../api/types";
import { postForm } from "../api/upload";
import { useProject } from "../app/project";
import { useLoaded } from "../ui/useLoaded";

export interface BaseFiles {
  /** Newest first; null until they are here. */
  readonly list: BaseFile[] | null;
  /** `onSent`: bytes that have left, of how many. The same bytes again are the file that is there. */
  add(file: File, onSent: (bytes: number, total: number) => void, signal: AbortSignal): Promise<BaseFile>;
  remove(file: BaseFile): Promise<void>;
}

/** Files of weights that the team has uploaded. */
export function useBaseFiles(): BaseFiles {
  const path = `teams/${useProject().project.value.team.slug}/base-files/`;
  const { value, reload } = useLoaded(path, (signal) => fetchAll<BaseFile>(path, signal));
  return {
    list: value,
    add: async (file, onSent, signal) => {
      const form = new FormData();
      form.append("file", file);
      const added = await postForm<BaseFile>(path, form, onSent, signal);
      reload();
      return added;
    },
    remove: async (file) => {
      await api.delete<void>(`${path}${file.id}/`);
      reload();
    },
  };
}
