/** What a run can start from, as the field "Start from" offers it. Pure. */

import type { Base, BaseFile, Model } from "../api/types";
import { runFigure } from "../app/shell/runFigure";
import { bytes, shortHash } from "../ui/figures";

/** The choice that asks for a file; no base is called so. */
export const UPLOAD = "upload";

interface Choice {
  readonly value: string;
  readonly name: string;
}

export const baseOf = (file: Pick<BaseFile, "id">): string => `file:${file.id}`;

/** "mine.pth (9f2c·41d7·b08e)": several files may have one name. */
export const fileText = ({ name, sha256 }: Pick<BaseFile, "name" | "sha256">): string =>
  `${name} (${shortHash(sha256)})`;

/** Runs of this project among the options; files and the runs of other projects behind them. */
export function baseChoices(
  model: string | undefined,
  bases: readonly Base[],
  files: readonly BaseFile[],
  project: number,
): { options: Choice[]; groups: { title: string; options: Choice[] }[] } {
  const fitting = bases.filter((base) => base.model === model);
  const own = fitting.filter((base) => base.project.id === project);
  const others = fitting.filter((base) => base.project.id !== project);
  return {
    options: [
      { value: "catalogue", name: "Catalogue weights" },
      ...own.map((base) => runChoice(base, "")),
      { value: "none", name: "Random weights" },
      { value: UPLOAD, name: "Upload a file…" },
    ],
    groups: [
      {
        title: "Uploaded files",
        options: files.map((file) => ({ value: baseOf(file), name: `${file.name}, ${bytes(file.size)}` })),
      },
      { title: "Other projects", options: others.map((base) => runChoice(base, ` of ${base.project.name}`)) },
    ],
  };
}

function runChoice(base: Base, where: string): Choice {
  const figure = runFigure(base);
  const told = figure ? `, ${figure.name} ${figure.value}` : "";
  return { value: `run:${base.id}`, name: `Run ${base.number}${where}${told}` };
}

export function baseHint(
  base: string,
  model: Pick<Model, "weights_available"> | undefined,
  file: Pick<BaseFile, "sha256" | "created_by"> | undefined,
): string | undefined {
  if (file) {
    const who = file.created_by ? `From ${file.created_by.name}, ` : "";
    return `${who}sha256 ${shortHash(file.sha256)}. If it is not of this model, the run says so and ends.`;
  }
  if (base === "none") return "Needs far more images and epochs.";
  if (base === "catalogue" && model && !model.weights_available)
    return "They are downloaded when the run starts.";
  return undefined;
}
