import { type ImageFilter, isNarrowed } from "../../api/imageLists";
import { Button } from "../../ui/button";
import { Empty } from "../../ui/states";

const EMPTY_QUEUE: Record<Exclude<ImageFilter["queue"], "all">, { title: string; text: string }> = {
  unlabelled: { title: "Nothing waits for labels", text: "New uploads appear here." },
  labelled: {
    title: "Nothing is labelled yet",
    text: "An image comes here once someone finishes it, with annotations or with “nothing here”.",
  },
  review: { title: "Nothing to review", text: "Images that someone should look at again come here." },
  done: { title: "Nothing is done yet", text: "Images come here when a reviewer accepts them." },
  skipped: { title: "Nothing is skipped", text: "Skipped images stay out of training." },
};

interface EmptyGalleryProps {
  filter: ImageFilter;
  /** How many images the project has in all. */
  total: number;
  mayUpload: boolean;
  /** Something is being uploaded or imported right now. */
  arriving: boolean;
  upload: () => void;
  startImport: () => void;
  clearFilter: () => void;
}

function Drawing() {
  return (
    <svg class="drawing" viewBox="0 0 160 96" aria-hidden="true">
      <path class="back" d="M36 6h100v62H36z" />
      <path class="back" d="M26 16h100v62H26z" />
      <path class="front" d="M14 26h102v64H14z" />
      <path class="line" d="m14 80 30-24 18 14 14-12 40 30" />
      <path class="arrow" d="M140 90V66M130 75l10-10 10 10" />
    </svg>
  );
}

/** Why the gallery is empty, and the way on. */
export function EmptyGallery({
  arriving,
  filter,
  total,
  mayUpload,
  upload,
  startImport,
  clearFilter,
}: EmptyGalleryProps) {
  if (isNarrowed(filter)) {
    return (
      <Empty
        title={isNarrowed({ ...filter, drafts: "" }) ? "No image matches" : "No drafts"}
        actions={<Button onClick={clearFilter}>Clear the filter</Button>}
      >
        {filter.drafts && "A draft has boxes that nobody has finished yet."}
        {filter.search && `No file name holds “${filter.search}” here.`}
      </Empty>
    );
  }
  if (total > 0 && filter.queue !== "all") {
    const { title, text } = EMPTY_QUEUE[filter.queue];
    return <Empty title={title}>{text}</Empty>;
  }
  if (arriving) return <Empty title="Images are on their way">They appear here one after the other.</Empty>;
  if (!mayUpload) return <Empty title="No images yet">An annotator of the team can upload some.</Empty>;
  return (
    <Empty
      title="Drop images here"
      drawing={<Drawing />}
      actions={
        <>
          <Button look="primary" icon="upload" onClick={upload}>
            Upload images
          </Button>
          <Button onClick={startImport}>Import a dataset</Button>
        </>
      }
    >
      JPEG, PNG, WebP or BMP, as many as you like, whole folders too. Annotated images come as a zip, a tar or
      a folder.
    </Empty>
  );
}
