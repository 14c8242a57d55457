import { useMemo, useState } from "preact/hooks";
import type { Base, Model, Snapshot } from "../api/types";
import { useProject } from "../app/project";
import { hasChanged, sinceSnapshot } from "./sinceSnapshot";
import { formErrors, formFor, modelsFor, needsWord, type TrainForm } from "./trainForm";
import { type BaseFiles, useBaseFiles } from "./useBaseFiles";
import { useBases } from "./useBases";
import { useModels } from "./useModels";
import { useSnapshots } from "./useSnapshots";
import { isWhole } from "./wholeSnapshot";

export interface TrainChoice {
  /** null until the catalogue of models is here. */
  readonly form: TrainForm | null;
  /** Those of the project's task. */
  readonly models: readonly Model[];
  readonly bases: readonly Base[];
  readonly files: BaseFiles;
  /** Those that can be trained on, newest first. */
  readonly snapshots: readonly Snapshot[];
  /** "now" or a snapshot's id. */
  readonly snapshot: string;
  /** null: of what is labelled now, a new one. */
  readonly snapshotId: number | null;
  /** Whether its cost can be told. */
  readonly isReady: boolean;
  /** Whether a licence still waits for somebody's word. */
  readonly lacksWord: boolean;
  pickSnapshot(snapshot: string): void;
  change(form: TrainForm): void;
}

/** What a run is asked to train on and with. `first`: the snapshot it opens with; null: now, if anything changed. */
export function useTrainChoice(first: Snapshot | null): TrainChoice {
  const { project, counts } = useProject();
  const { snapshots } = useSnapshots();
  const bases = useBases();
  const files = useBaseFiles();
  const catalogue = useModels();
  const models = useMemo(
    () => modelsFor(catalogue ?? [], project.value.task),
    [catalogue, project.value.task],
  );
  const [picked, pickSnapshot] = useState<string | null>(first ? String(first.id) : null);
  const [edited, change] = useState<TrainForm | null>(null);
  const frozen = (snapshots ?? []).filter((one) => one.status === "succeeded" && isWhole(one));
  const isNowNew = frozen.length === 0 || hasChanged(sinceSnapshot(counts.value, frozen[0] ?? null));
  const snapshot = picked ?? (isNowNew ? "now" : String(frozen[0]?.id));
  const form = edited ?? (models[0] ? formFor(models[0]) : null);
  const model = models.find((one) => one.name === form?.model);
  return {
    form,
    models,
    bases: bases ?? [],
    files,
    snapshots: frozen,
    snapshot,
    snapshotId: snapshot === "now" ? null : Number(snapshot),
    isReady: form !== null && snapshots !== null && Object.keys(formErrors(form)).length === 0,
    lacksWord: form !== null && model !== undefined && needsWord(form, model) && !form.acceptLicence,
    pickSnapshot,
    change,
  };
}
