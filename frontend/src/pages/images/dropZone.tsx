import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/icons";
import { isWanted } from "./folders";
import type { PlacedFile } from "./imports/tar";

interface DropZoneProps {
  enabled: boolean;
  onFiles: (files: PlacedFile[]) => void;
  children: ComponentChildren;
}

function carriesFiles(event: DragEvent): boolean {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

async function readFolder(folder: FileSystemDirectoryEntry): Promise<PlacedFile[]> {
  const reader = folder.createReader();
  const files: PlacedFile[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return files;
    for (const entry of entries) {
      for (const placed of await readEntry(entry)) files.push(placed); // a spread has room for some 100,000
    }
  }
}

function readEntry(entry: FileSystemEntry): Promise<PlacedFile[]> {
  if (entry.isDirectory) return readFolder(entry as FileSystemDirectoryEntry);
  const path = entry.fullPath.replace(/^\//, "");
  return new Promise((resolve, reject) =>
    (entry as FileSystemFileEntry).file((file) => resolve([{ path, file }]), reject),
  );
}

/** Dropped files, and those in dropped folders, with their paths. */
async function filesOf(transfer: DataTransfer): Promise<PlacedFile[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry?.())
    .filter((entry) => entry !== null);
  const known = entries.filter((entry) => entry !== undefined);
  const files =
    known.length > 0
      ? (await Promise.all(known.map(readEntry))).flat()
      : [...transfer.files].map((file) => ({ path: file.name, file }));
  return files.filter(({ path }) => isWanted(path));
}

/** Dropping covers the content, not the header. */
export function DropZone({ enabled, onFiles, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const enter = (event: DragEvent) => {
    if (!enabled || !carriesFiles(event)) return;
    event.preventDefault();
    depth.current += 1;
    setOver(true);
  };
  const leave = () => {
    if (depth.current > 0) depth.current -= 1;
    if (depth.current === 0) setOver(false);
  };
  const drop = (event: DragEvent) => {
    depth.current = 0;
    setOver(false);
    if (!event.dataTransfer || !carriesFiles(event)) return;
    event.preventDefault();
    if (enabled) void filesOf(event.dataTransfer).then((files) => files.length > 0 && onFiles(files));
  };
  return (
    <main
      class="images-content"
      id="content"
      onDragEnter={enter}
      onDragOver={(event) => carriesFiles(event) && event.preventDefault()}
      onDragLeave={leave}
      onDrop={drop}
    >
      {children}
      {over && (
        <div class="drop">
          <Icon name="upload" />
          <h2>Drop to add</h2>
          <p class="dim">Images are uploaded; an archive, or a folder with annotations, is imported.</p>
        </div>
      )}
    </main>
  );
}
