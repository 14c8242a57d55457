import { useEffect, useState } from "preact/hooks";
import { useProject } from "../../app/project";
import { type Imports, isOver, useImports } from "./imports/useImports";
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
  /** Uploads images; a zip opens the import dialog. */
  take(files: File[]): void;
}

/** The uploads and imports of the project. `onZip` gets a zip that came with the files. */
export function useIncoming(onImported: () => void, onZip: (archive: File) => void): Incoming {
  const { project } = useProject();
  const imports = useImports(onImported);
  const uploads = uploadsOf(project.value.id);
  const [isHidden, hide] = useState(false);
  const count = uploads.items.value.length + imports.shown.length;
  useEffect(() => hide(false), [count > 0]);
  const take = (files: File[]) => {
    const archive = files.find(isZip);
    const images = files.filter((file) => !isZip(file));
    if (images.length > 0) uploads.add(images);
    if (archive) onZip(archive);
    hide(false);
  };
  const isArriving = uploads.busy || imports.shown.some((one) => !isOver(one));
  return { uploads, imports, count, isArriving, isHidden, hide, take };
}

function isZip(file: File): boolean {
  return /\.zip$/i.test(file.name);
}
