import "../../training/training.css";
import "./images.css";
import { useEffect, useState } from "preact/hooks";
import type { Archive } from "../../api/archiveUpload";
import { filterFrom, type ImageFilter, isNarrowed, NARROWING } from "../../api/imageLists";
import type { Counts } from "../../api/types";
import { BulkProgress } from "../../app/bulkProgress";
import { useProject } from "../../app/project";
import { query, setQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { counted } from "../../ui/figures";
import { Dock } from "./dock";
import { DropZone } from "./dropZone";
import { EmptyGallery } from "./emptyGallery";
import { ExportDialog } from "./exportDialog";
import { useFileChooser } from "./fileChooser";
import { Filters } from "./filters";
import { type ImageList, useImages } from "./gallery/useImages";
import { ImagesBar } from "./imagesBar";
import { ImportDialog } from "./imports/importDialog";
import { QueueImages } from "./queueImages";
import { countOf } from "./queueTabs";
import { SelectionBar } from "./selection";
import { useIncoming } from "./useIncoming";
import { useSelection } from "./useSelection";

export default function Images() {
  const { project, counts, may } = useProject();
  useTitle("Images", project.value.name);
  const filter = filterFrom(query.value);
  const list = useImages(filter);
  const [importing, setImporting] = useState<{ archive: Archive | null } | null>(null);
  useAddAddress(() => setImporting({ archive: null }));
  const [exporting, setExporting] = useState(false);
  const incoming = useIncoming(list.refresh, (archive) => setImporting({ archive }));
  const mayUpload = may("annotator");
  const selection = useSelection(project.value.id, filter, list, may("annotator"));
  const { choose, input } = useFileChooser(incoming.take);
  const startImport = () => setImporting({ archive: null });
  return (
    <>
      <ImagesBar queue={filter.queue} incoming={incoming} upload={choose} startImport={startImport} />
      {mayUpload && input}
      <div class="images-split">
        <DropZone enabled={mayUpload} onFiles={incoming.take}>
          {counts.value.images > 0 && (
            <Filters
              filter={filter}
              slug={project.value.slug}
              labels={project.value.labels}
              team={project.value.team.slug}
              set={(values) => setQuery(values, { replace: "search" in values })}
              mayEmpty={may("manager")}
              onExport={may("manager") && list.images.length > 0 ? () => setExporting(true) : null}
            />
          )}
          <QueueImages
            filter={filter}
            list={list}
            selected={selection.selected}
            onSelect={selection.select}
            onFrame={selection.add}
            empty={
              <EmptyGallery
                filter={filter}
                total={counts.value.images}
                mayUpload={mayUpload}
                arriving={incoming.isArriving}
                upload={choose}
                startImport={startImport}
                clearFilter={() => setQuery(Object.fromEntries(NARROWING.map((name) => [name, null])))}
              />
            }
          />
          <SelectionBar filter={filter} list={list} selection={selection} />
          <BulkProgress refresh={list.refresh} />
        </DropZone>
        {incoming.count > 0 && !incoming.isHidden && <Dock incoming={incoming} />}
      </div>
      {exporting && (
        <ExportDialog
          filter={filter}
          images={shownText(filter, list, counts.value)}
          close={() => setExporting(false)}
        />
      )}
      {importing && (
        <ImportDialog project={project.value} dropped={importing.archive} close={() => setImporting(null)} />
      )}
    </>
  );
}

/** How many images the list has, as far as it is known: a search is not counted before it is scrolled through. */
function shownText(filter: ImageFilter, list: ImageList, counts: Counts): string {
  if (!isNarrowed(filter)) return counted(countOf(counts, filter.queue), "image");
  return (list.hasMore ? "more than " : "") + counted(list.images.length, "image");
}

/** The address of "Upload images" asks for no file by itself: browsers open that dialog on a click only. */
function useAddAddress(startImport: () => void): void {
  const wanted = query.value.get("add");
  useEffect(() => {
    if (!wanted) return;
    setQuery({ add: null }, { replace: true });
    if (wanted === "import") startImport();
  }, [wanted]);
}
