import type { Archive } from "../../../api/archiveUpload";
import { bytes } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { archiveOf, fileArchive, placedFiles } from "../folders";

interface ArchivePickProps {
  archive: Archive | null;
  wrong: boolean;
  disabled: boolean;
  pick: (archive: Archive | null) => void;
}

function fileOf(files: FileList | null): Archive | null {
  const file = files?.[0];
  return file ? fileArchive(file) : null;
}

function folderOf(files: FileList | null): Archive | null {
  const placed = placedFiles(files);
  return placed.length > 0 ? archiveOf(placed) : null;
}

/** An archive or a file of annotations of the disk, or a folder that becomes an archive. */
export function ArchivePick({ archive, wrong, disabled, pick }: ArchivePickProps) {
  return (
    <>
      <label class={wrong ? "file-pick wrong" : "file-pick"}>
        <Icon name="layers" />
        <span class="grow cut">{archive ? archive.name : "Choose a zip, tar, JSON, CSV or XML"}</span>
        {archive && <span class="faint nowrap">{bytes(archive.blob.size)}</span>}
        <input
          type="file"
          accept=".zip,.tar,.gz,.tgz,application/zip,.json,.jsonl,.csv,.xml"
          class="vh"
          disabled={disabled}
          onChange={(event) => pick(fileOf(event.currentTarget.files))}
        />
      </label>
      <label class="file-pick">
        <Icon name="layers" />
        <span class="grow cut">Choose a folder</span>
        <input
          ref={(input) => input?.setAttribute("webkitdirectory", "")}
          type="file"
          class="vh"
          disabled={disabled}
          onChange={(event) => pick(folderOf(event.currentTarget.files))}
        />
      </label>
    </>
  );
}
