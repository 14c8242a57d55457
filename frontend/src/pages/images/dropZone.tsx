import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/icons";

interface DropZoneProps {
  enabled: boolean;
  onFiles: (files: File[]) => void;
  children: ComponentChildren;
}

function carriesFiles(event: DragEvent): boolean {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

async function readFolder(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return files;
    for (const entry of entries) files.push(...(await readEntry(entry)));
  }
}

function readEntry(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isDirectory) return readFolder(entry as FileSystemDirectoryEntry);
  return new Promise((resolve, reject) =>
    (entry as FileSystemFileEntry).file((file) => resolve([file]), reject),
  );
}

/** Dropped files, and those in dropped folders. Hidden files (.DS_Store) stay out. */
async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry?.())
    .filter((entry) => entry !== null);
  const known = entries.filter((entry) => entry !== undefined);
  const files = known.length > 0 ? (await Promise.all(known.map(readEntry))).flat() : [...transfer.files];
  return files.filter((file) => !file.name.startsWith("."));
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
          <p class="dim">Images and folders are uploaded, a zip is imported.</p>
        </div>
      )}
    </main>
  );
}
