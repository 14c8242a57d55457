import { useProject } from "../../../app/project";

const UNKNOWN = "#8a8a8a"; // a label that was renamed or deleted since

/** The colour of a label by its name, as the project has it now. */
export function useLabelColors(): (name: string) => string {
  const colors = new Map(useProject().project.value.labels.map((label) => [label.name, label.color]));
  return (name) => colors.get(name) ?? UNKNOWN;
}
