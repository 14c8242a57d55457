import type { Archive } from "../../api/archiveUpload";
import { type PlacedFile, tarOf } from "./imports/tar";

const PICTURE = /\.(jpe?g|jpe|jfif|png|webp|bmp|gif|tiff?|heic|avif)$/i;
const ANNOTATIONS = /\.(jsonl?|csv|xml|ya?ml)$/i;
const TEXT = /\.txt$/i;
const LITTER = new Set(["Thumbs.db", "desktop.ini", "__MACOSX"]);

/** Not what systems leave behind: hidden files, thumbnails of folders. */
export function isWanted(path: string): boolean {
  return !path.split("/").some((name) => name.startsWith(".") || LITTER.has(name));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function stemOf(path: string): string {
  return path.replace(/\.[^.]*$/, "");
}

/** Files with their annotations beside them: a text is one where a picture has its name. */
function isAnnotated(files: readonly PlacedFile[]): boolean {
  const paths = files.map(({ path }) => path);
  const pictures = new Set(paths.filter((path) => PICTURE.test(path)).map(stemOf));
  const hasAnnotations = paths.some(
    (path) => ANNOTATIONS.test(path) || (TEXT.test(path) && pictures.has(stemOf(path))),
  );
  return hasAnnotations && files.length > 1;
}

/**
 * A folder with more than pictures side by side, or pictures with their annotations: what lies where means something,
 * so that it is imported as it is.
 */
export function isDataset(files: readonly PlacedFile[]): boolean {
  const inFolders = files.filter(({ path }) => path.includes("/"));
  if (inFolders.length === 0) return isAnnotated(files);
  const folders = new Set(inFolders.map(({ path }) => folderOf(path)));
  return folders.size > 1 || inFolders.some(({ path }) => !PICTURE.test(path));
}

/** The folder as an archive, named after it; files without one are "files.tar". */
export function archiveOf(files: readonly PlacedFile[]): Archive {
  const [first] = files;
  const stamp = files.reduce((latest, { file }) => Math.max(latest, file.lastModified), 0);
  const folder = first?.path.includes("/") ? first.path.split("/")[0] : "files";
  return { name: `${folder}.tar`, blob: tarOf(files), stamp };
}

export function fileArchive(file: File): Archive {
  return { name: file.name, blob: file, stamp: file.lastModified };
}

/** The files of a folder that was chosen, or files alone, with their paths. */
export function placedFiles(files: FileList | null): PlacedFile[] {
  const placed = [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return placed.filter(({ path }) => isWanted(path));
}
