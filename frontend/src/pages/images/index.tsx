import "./images.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Image } from "../../api/types";
import { useProject } from "../../app/project";
import { query, setQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/button";
import { Dock } from "./dock";
import { DropZone } from "./dropZone";
import { EmptyGallery } from "./emptyGallery";
import { useFileChooser } from "./fileChooser";
import { Filters } from "./filters";
import type { Filter, Order } from "./gallery/list";
import { type ImageList, useImages } from "./gallery/useImages";
import { ImportDialog } from "./imports/importDialog";
import { isOver, useImports } from "./imports/useImports";
import { QueueImages } from "./queueImages";
import { QUEUES, QueueTabs } from "./queueTabs";
import { pick, SelectionBar } from "./selection";
import { uploadsOf } from "./uploads/projectUploads";

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
  const { id, slug, name, labels, team } = project.value;
  useTitle("Images", name);
  const filter = filterOf(query.value);
  const list = useImages(filter);
  const imports = useImports(list.refresh);
  const uploads = uploadsOf(id);
  const [importing, setImporting] = useState<{ file: File | null } | null>(null);
  const [hidden, setHidden] = useState(false);
  const mayUpload = may("annotator");
  const selection = useSelection(filter, list, may("manager"));
  const incoming = uploads.items.value.length + imports.shown.length;

  const take = (files: File[]) => {
    const archive = files.find(isZip);
    const images = files.filter((file) => !isZip(file));
    if (images.length > 0) uploads.add(images);
    if (archive) setImporting({ file: archive });
    setHidden(false);
  };
  const { choose, input } = useFileChooser(take);
  const startImport = () => setImporting({ file: null });
  const wantsUpload = query.value.get("add") === "upload";
  useEffect(() => {
    if (wantsUpload) setQuery({ add: null }, { replace: true });
  }, [wantsUpload]);
  useEffect(() => setHidden(false), [incoming > 0]);
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
            <Button onClick={startImport}>Import</Button>
            <Button icon="upload" onClick={choose}>
              Upload
            </Button>
          </span>
        )}
        {mayUpload && input}
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
          <QueueImages
            filter={filter}
            list={list}
            selected={selection.selected}
            onSelect={selection.select}
            empty={
              <EmptyGallery
                filter={filter}
                total={counts.value.images}
                mayUpload={mayUpload}
                arriving={uploads.busy || imports.shown.some((one) => !isOver(one))}
                upload={choose}
                startImport={startImport}
                clearFilter={() => setQuery({ search: null, label: null })}
              />
            }
          />
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
            team={team.slug}
            imports={imports.shown}
            put={imports.add}
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
