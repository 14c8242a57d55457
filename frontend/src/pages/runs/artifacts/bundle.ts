/** What lies in an artifact's zip, as a person looks for it. Pure. */

import type { Artifact } from "../../../api/types";

type File = Artifact["files"][number];

export interface BundlePart {
  readonly title: string;
  readonly note: string;
  readonly size: number;
}

interface Kind {
  readonly title: string;
  readonly note: string;
  holds(name: string): boolean;
}

const oneOf =
  (...names: readonly string[]) =>
  (name: string) =>
    names.includes(name);
const below = (folder: string) => (name: string) => name.startsWith(folder);

const MODEL: Kind = { title: "Model", note: "", holds: () => true };
const KINDS: readonly Kind[] = [
  {
    title: "Model card",
    note: "what it is, how good, on which snapshot, its limits",
    holds: oneOf("model-card.md"),
  },
  {
    title: "Labels and contract",
    note: "names, sizes, preprocessing, thresholds",
    holds: oneOf("labels.txt", "contract.json", "README.txt"),
  },
  {
    title: "Lineage and proof",
    note: "hashes of every file, how far it is from its checkpoint",
    holds: oneOf("lineage.json", "parity.json"),
  },
  {
    title: "Sample picture",
    note: "a drawing, and what the model has to find in it",
    holds: oneOf("sample.png", "expected.json"),
  },
  { title: "Android project", note: "camera and pictures, with MediaPipe", holds: below("android/") },
  { title: "iPhone app", note: "one file of Swift, with Vision", holds: below("ios/") },
  {
    title: "Web page",
    note: "camera and pictures, from any static server",
    holds: (name) => name.startsWith("tfjs/") || /\.(html|css|m?js)$/.test(name),
  },
  {
    title: "Program",
    note: "prints what it finds in a picture",
    holds: (name) => /\.(py|sh)$/.test(name) || name === "requirements.txt",
  },
];

/** The model first, then what there is of the rest. */
export function bundleParts(files: readonly File[]): BundlePart[] {
  const kindOf = (file: File) => KINDS.find((kind) => kind.holds(file.name)) ?? MODEL;
  return [MODEL, ...KINDS].flatMap((kind) => {
    const own = files.filter((file) => kindOf(file) === kind);
    if (own.length === 0) return [];
    const note = kind === MODEL ? named(own) : kind.note;
    return [{ title: kind.title, note, size: unpackedSize(own) }];
  });
}

export const unpackedSize = (files: readonly File[]): number =>
  files.reduce((sum, file) => sum + file.size, 0);

const MOST_NAMED = 2;
const isMain = (name: string): boolean => name.startsWith("model.");

/** "model.onnx", "model.json, group1-shard1of2.bin and 1 more". */
function named(files: readonly File[]): string {
  const all = files.map((file) => file.name);
  const [first, rest] = [all.filter(isMain), all.filter((name) => !isMain(name))];
  const names = [...first, ...rest].slice(0, MOST_NAMED);
  const more = files.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}
