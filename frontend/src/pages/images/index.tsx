import "./images.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Counts, Image, Queue } from "../../api/types";
import { useProject } from "../../app/project";
import { query, setQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/button";
import { Tabs } from "../../ui/choice";
import { count } from "../../ui/figures";
import { Icon } from "../../ui/icons";
import { Failed } from "../../ui/states";
import { Dock } from "./dock";
import { DropZone } from "./dropZone";
import { EmptyGallery } from "./emptyGallery";
import { Filters } from "./filters";
import { Gallery, LoadingGallery } from "./gallery/gallery";
import type { Filter, Order } from "./gallery/list";
import { type ImageList, useImages } from "./gallery/useImages";
import { ImportDialog } from "./imports/importDialog";
import { isOver, useImports } from "./imports/useImports";
import { pick, SelectionBar } from "./selection";
import { uploadsOf } from "./uploads/projectUploads";

const QUEUES: { value: Filter["queue"]; name: string }[] = [
  { value: "all", name: "All" },
  { value: "unlabelled", name: "Unlabelled" },
  { value: "labelled", name: "Labelled" },
  { value: "review", name: "Review" },
  { value: "done", name: "Done" },
  { value: "skipped", name: "Skipped" },
];
const ORDERS = new Set<string>(["-created", "created", "name"]);

function filterOf(search: URLSearchParams): Filter {
  const queue = search.get("queue") ?? "all";
  const order = search.get("order") ?? "";
  return {
    queue: QUEUES.some((one) => one.value === queue) ? (queue as Filter["queue"]) : "all",
    label: search.get("label") ?? "",
    search: search.get("search") ?? "",
    order: (ORDERS.has(order) ? order : "-created") as Order,
  };
}

function countOf(counts: Counts, queue: Queue | "all"): number {
  return queue === "all" ? counts.images : counts[queue];
}

function QueueTabs({ queue, counts }: { queue: Filter["queue"]; counts: Counts }) {
  return (
    <Tabs<Filter["queue"]>
      label="Queues"
      value={queue}
      controls="queue-images"
      onPick={(value) => setQuery({ queue: value === "all" ? null : value })}
      choices={QUEUES.map(({ value, name }) => ({
        value,
        name: (
          <>
            {name} <span class="count">{count(countOf(counts, value))}</span>
          </>
        ),
      }))}
    />
  );
}

/** What is selected; nothing once the list shows something else. */
function useSelection(filter: Filter, list: ImageList, enabled: boolean) {
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const anchor = useRef<number | null>(null);
  const clear = () => {
    anchor.current = null;
    setSelected(new Set());
  };
  useEffect(clear, [JSON.stringify(filter)]);
  const select = (image: Image, range: boolean) => {
    setSelected(pick(selected, list.images, image, range ? anchor.current : null));
    anchor.current = image.id;
  };
  return { selected, clear, select: enabled ? select : null };
}

function isZip(file: File): boolean {
  return /\.zip$/i.test(file.name);
}

export default function Images() {
  const { project, counts, may } = useProject();
  const { id, slug, name, labels } = project.value;
  useTitle("Images", name);
  const filter = filterOf(query.value);
  const list = useImages(filter);
  const imports = useImports(list.refresh);
  const uploads = uploadsOf(id);
  const [importing, setImporting] = useState<{ file: File | null } | null>(null);
  const [hidden, setHidden] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const mayUpload = may("annotator");
  const selection = useSelection(filter, list, may("manager"));
  const incoming = uploads.items.value.length + imports.shown.length;

  const choose = () => chooser.current?.click();
  const take = (files: File[]) => {
    const archive = files.find(isZip);
    const images = files.filter((file) => !isZip(file));
    if (images.length > 0) uploads.add(images);
    if (archive) setImporting({ file: archive });
    setHidden(false);
  };
  const wantsUpload = query.value.get("add") === "upload";
  useEffect(() => {
    if (wantsUpload) setQuery({ add: null }, { replace: true });
  }, [wantsUpload]);
  useEffect(() => setHidden(false), [incoming > 0]);

  const empty = list.loaded && list.images.length === 0 && !list.hasMore;
  const isFiltered = filter.search !== "" || filter.label !== "";
  // the counts arrive before the list: pictures are on their way
  const expected = empty && !isFiltered && countOf(counts.value, filter.queue) > 0;
  return (
    <>
      <div class="images-bar">
        <h1 class="vh">Images</h1>
        <QueueTabs queue={filter.queue} counts={counts.value} />
        <span class="grow" />
        {incoming > 0 && hidden && (
          <Button look="quiet" onClick={() => setHidden(false)}>
            Show uploads
          </Button>
        )}
        {mayUpload && (
          <span class="row">
            <Button onClick={() => setImporting({ file: null })}>Import</Button>
            <Button icon="upload" onClick={choose}>
              Upload
            </Button>
          </span>
        )}
        {mayUpload && (
          <input
            ref={chooser}
            type="file"
            multiple
            accept="image/jpeg,image/png,image/webp,image/bmp,.zip"
            class="vh"
            tabIndex={-1}
            aria-label="Images to upload"
            onChange={(event) => {
              take([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = "";
            }}
          />
        )}
      </div>
      <div class="images-split">
        <DropZone enabled={mayUpload} onFiles={take}>
          {counts.value.images > 0 && (
            <Filters
              filter={filter}
              labels={labels}
              set={(values) => setQuery(values, { replace: "search" in values })}
            />
          )}
          <div class="images-list" id="queue-images" role="tabpanel" aria-label="Images of this queue">
            {list.error && list.images.length === 0 ? (
              <Failed error={list.error} retry={list.refresh} />
            ) : !list.loaded || expected ? (
              <LoadingGallery />
            ) : empty ? (
              <EmptyGallery
                filter={filter}
                total={counts.value.images}
                mayUpload={mayUpload}
                arriving={uploads.busy || imports.shown.some((one) => !isOver(one))}
                upload={choose}
                startImport={() => setImporting({ file: null })}
                clearFilter={() => setQuery({ search: null, label: null })}
              />
            ) : (
              <Gallery
                project={project.value}
                list={list}
                selected={selection.selected}
                onSelect={selection.select}
              />
            )}
            {list.error && list.images.length > 0 ? (
              <p class="images-stale" role="alert">
                <Icon name="warn" /> The list may be out of date.
                <button type="button" class="link" onClick={list.refresh}>
                  Try again
                </button>
              </p>
            ) : null}
          </div>
          <SelectionBar
            selected={selection.selected}
            clear={selection.clear}
            deleted={(ids) => {
              list.remove(ids);
              selection.clear();
            }}
          />
        </DropZone>
        {incoming > 0 && !hidden && (
          <Dock
            queue={uploads}
            slug={slug}
            team={project.value.team.slug}
            imports={imports.shown}
            dismiss={imports.dismiss}
            close={() => setHidden(true)}
          />
        )}
      </div>
      {importing && (
        <ImportDialog
          project={project.value}
          dropped={importing.file}
          close={() => setImporting(null)}
          started={imports.add}
        />
      )}
    </>
  );
}
