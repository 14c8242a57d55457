import { filterQuery, type ImageFilter } from "../../api/imageLists";
import { Button, ButtonLink } from "../../ui/button";
import { listName } from "./listNames";
import type { WorkbenchState } from "./workbenchState";

interface ListEndProps {
  readonly workbench: WorkbenchState;
  readonly list: ImageFilter;
  readonly again: () => void;
}

/** The end of a list of the gallery: which one, and where to go from here. */
export function ListEnd({ workbench, list, again }: ListEndProps) {
  const { slug, labels } = workbench.project.project.value;
  return (
    <div class="void" data-testid="list-end">
      <h2>That was the last one</h2>
      <p>You are at the end of the list: {listName(list, labels)}.</p>
      <div class="acts">
        <ButtonLink look="primary" href={imagesAddress(slug, list)}>
          Back to images
        </ButtonLink>
        <Button onClick={again}>From the start</Button>
      </div>
    </div>
  );
}

/** The gallery as it was left. */
export function imagesAddress(slug: string, list: ImageFilter | null): string {
  const query = list ? filterQuery(list).toString() : "";
  return `/p/${slug}/images${query ? `?${query}` : ""}`;
}
