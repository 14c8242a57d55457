import type { Run } from "../../api/types";
import { useProject } from "../../app/project";

/** How many more images are labelled now than the run was trained on. */
export function useFreshImages(run: Run): number {
  const { labelled, review, done } = useProject().counts.value;
  return labelled + review + done - run.snapshot.labelled_count;
}
