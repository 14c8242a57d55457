import "./images.css";
import { useEffect, useState } from "preact/hooks";
import type { Archive } from "../../api/archiveUpload";
import { filterFrom } from "../../api/imageLists";
import { useProject } from "../../app/project";
import { query, setQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { Dock } from "./dock";
import { DropZone } from "./dropZone";
import { EmptyGallery } from "./emptyGallery";
import { useFileChooser } from "./fileChooser";
import { Filters } from "./filters";
import { useImages } from "./gallery/useImages";
import { ImagesBar } from "./imagesBar";
import { ImportDialog } from "./imports/importDialog";
import { QueueImages } from "./queueImages";
import { SelectionBar } from "./selection";
import { useIncoming } from "./useIncoming";
import { useSelection } from "./useSelection";

export default function Images() {
  const { project, counts, may } = useProject();
  useTitle("Images", project.value.name);
  useUploadAddress();
  const filter = filterFrom(query.value);
  const list = useImages(filter);
  const [importing, setImporting] = useState<{ archive: Archive | null } | null>(null);
  const incoming = useIncoming(list.refresh, (archive) => setImporting({ archive }));
  const mayUpload = may("annotator");
  const selection = useSelection(filter, list, may("manager"));
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
              labels={project.value.labels}
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
                arriving={incoming.isArriving}
                upload={choose}
                startImport={startImport}
                clearFilter={() => setQuery({ search: null, label: null })}
              />
            }
          />
          <SelectionBar
            selection={selection}
            deleted={(ids) => {
              list.remove(ids);
              selection.clear();
            }}
          />
        </DropZone>
        {incoming.count > 0 && !incoming.isHidden && <Dock incoming={incoming} />}
      </div>
      {importing && (
        <ImportDialog
          project={project.value}
          dropped={importing.archive}
          close={() => setImporting(null)}
          started={incoming.imports.add}
        />
      )}
    </>
  );
}

/** The address of "Upload images" asks for no file by itself: browsers open that dialog on a click only. */
function useUploadAddress(): void {
  const wantsUpload = query.value.get("add") === "upload";
  useEffect(() => {
    if (wantsUpload) setQuery({ add: null }, { replace: true });
  }, [wantsUpload]);
}
