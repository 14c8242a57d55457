import { useEffect, useState } from "preact/hooks";
import type { Archive } from "../../api/archiveUpload";
import { isWorking } from "../../app/importState";
import { useProject } from "../../app/project";
import { toast } from "../../ui/toast";
import { archiveOf, fileArchive, isDataset } from "./folders";
import type { PlacedFile } from "./imports/tar";
import { type Imports, useImports } from "./imports/useImports";
import { uploadsOf } from "./uploads/projectUploads";
import type { UploadQueue } from "./uploads/uploadQueue";

export interface Incoming {
  readonly uploads: UploadQueue;
  readonly imports: Imports;
  /** Uploads and imports to show, also those that are over. */
  readonly count: number;
  readonly isArriving: boolean;
  /** The dock was put away. */
  readonly isHidden: boolean;
  hide(isHidden: boolean): void;
  /** Uploads images; an archive, or a folder with more than pictures, opens the import dialog. */
  take(files: PlacedFile[]): void;
}

/** The uploads and imports of the project. `onArchive` gets an archive that came with the files. */
export function useIncoming(onImported: () => void, onArchive: (archive: Archive) => void): Incoming {
  const { project } = useProject();
  const imports = useImports(onImported);
  const uploads = uploadsOf(project.value.id);
  const [isHidden, hide] = useState(false);
  const count = uploads.items.value.length + imports.shown.length;
  useEffect(() => hide(false), [count > 0]);
  const take = (placed: PlacedFile[]) => {
    hide(false);
    if (isDataset(placed)) return onArchive(archiveOf(placed));
    const files = placed.map(({ file }) => file);
    const [archive, ...others] = files.filter(isArchive);
    const images = files.filter((file) => !isArchive(file));
    if (images.length > 0) uploads.add(images);
    if (archive) onArchive(fileArchive(archive));
    if (others.length > 0) toast({ text: notTaken(others), bad: true });
  };
  const isArriving = uploads.busy || imports.shown.some(isWorking);
  return { uploads, imports, count, isArriving, isHidden, hide, take };
}

function notTaken(archives: File[]): string {
  return `One archive at a time. Not taken: ${archives.map(({ name }) => name).join(", ")}.`;
}

/** Also annotations alone, of images that are here already. */
function isArchive(file: File): boolean {
  return /\.(zip|tar|tgz|tar\.gz|json|jsonl|csv|xml)$/i.test(file.name);
}
