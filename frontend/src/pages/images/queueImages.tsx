import type { ComponentChildren } from "preact";
import { type ImageFilter, isNarrowed } from "../../api/imageLists";
import type { Image } from "../../api/types";
import { useProject } from "../../app/project";
import { Icon } from "../../ui/icons";
import { Failed } from "../../ui/states";
import { Gallery, LoadingGallery } from "./gallery/gallery";
import type { ImageList } from "./gallery/useImages";
import { countOf } from "./queueTabs";

interface QueueImagesProps {
  filter: ImageFilter;
  list: ImageList;
  selected: ReadonlySet<number>;
  onSelect: ((image: Image, range: boolean) => void) | null;
  onFrame: ((images: Image[]) => void) | null;
  /** Shown where the filter finds no image. */
  empty: ComponentChildren;
}

/** The images that the filter finds, or why there are none. */
export function QueueImages(props: QueueImagesProps) {
  const { list } = props;
  const isStale = list.error !== null && list.images.length > 0;
  return (
    <div class="images-list" id="queue-images" role="tabpanel" aria-label="Images of this queue">
      <Content {...props} />
      {isStale && (
        <p class="images-stale" role="alert">
          <Icon name="warn" /> The list may be out of date.
          <button type="button" class="link" onClick={list.refresh}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

function Content({ filter, list, selected, onSelect, onFrame, empty }: QueueImagesProps) {
  const { project, counts } = useProject();
  if (list.error && list.images.length === 0) return <Failed error={list.error} retry={list.refresh} />;
  if (!list.loaded) return <LoadingGallery />;
  if (list.images.length > 0 || list.hasMore) {
    return <Gallery project={project.value} {...{ list, selected, onSelect, onFrame }} />;
  }
  // The counts come before the list: images are on their way.
  if (!isNarrowed(filter) && countOf(counts.value, filter.queue) > 0) return <LoadingGallery />;
  return <>{empty}</>;
}
