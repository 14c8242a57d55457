import { api } from "../api/client";
import type { Label } from "../api/types";
import { nextColor } from "../ui/label";
import { type ProjectState, withLabels } from "./projectState";

/** A new label of the project, in a colour of its own; shown at once. */
export async function addLabel({ project }: Pick<ProjectState, "project">, name: string): Promise<Label> {
  const { id, labels } = project.peek();
  const body = { name, color: nextColor(labels.map((label) => label.color)) };
  const label = await api.post<Label>(`projects/${id}/labels/`, body);
  project.value = { ...project.peek(), labels: withLabels(project.peek().labels, [label]) };
  return label;
}
