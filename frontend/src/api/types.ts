// The JSON of /api/v1/ in the words of DESIGN §3, taken from the generated schema. Times are ISO 8601 UTC strings.
// What the schema leaves open (events, the evaluation's two shapes, a conflict's extras) is written out here.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Role = Schemas["RoleEnum"];
export type Task = Schemas["TaskEnum"];
export type Queue = Schemas["QueueEnum"];
export type Status = Schemas["StatusEnum"];
export type Split = Schemas["SplitEnum"];

export interface Page<T> {
  results: T[];
  next: string | null;
  previous: string | null;
}

export type Person = Schemas["Person"];
export type TeamRef = Schemas["TeamRef"];
export type User = Schemas["User"];
export type Session = Schemas["Session"];
export type Team = Schemas["Team"];
export type TeamUsage = Schemas["TeamUsage"];
export type Member = Schemas["Member"];
/** `link` (absolute, …/join#<token>) and `mailed` come only in the answer to POST. */
export type Invitation = Schemas["Invitation"] & Partial<Pick<Schemas["NewInvitation"], "link" | "mailed">>;
export type SessionRow = Schemas["SessionRow"];
export type Token = Schemas["Token"];
export type Scope = Token["scopes"][number];
/** The only answer that carries the key. */
export type NewToken = Schemas["Key"];
export type AuditEntry = Schemas["AuditEntry"];
export type InvitationPreview = Schemas["InvitationPreview"];

export type Label = Schemas["Label"];
export type Counts = Schemas["Counts"];
export type Project = Schemas["Project"];

export type Image = Schemas["Image"];
export type Annotation = Schemas["Annotation"];
/** What a save sends of one annotation. */
export type AnnotationDraft = Schemas["Draft"];
export type AnnotationState = Schemas["State"];
export type UploadAnswer = Schemas["Upload"];

export interface SaveRequest {
  base_revision: number;
  upsert: AnnotationDraft[];
  delete: string[];
  queue?: Queue;
}

export type Finding = Schemas["Finding"];
export type Import = Schemas["Import"];

export type Snapshot = Schemas["Snapshot"];
export type SnapshotDiff = Schemas["Diff"];
export type Format = Schemas["Format"];

export type Model = Schemas["Model"];
export type Target = Schemas["Target"];
type Knobs = "epochs" | "batch_size" | "learning_rate" | "freeze";
/** What one chooses; the rest the server fills in. */
export type RunConfig = Pick<Schemas["Config"], Knobs> & Partial<Omit<Schemas["Config"], Knobs>>;
export type MetricName =
  | "loss"
  | "loss_box"
  | "loss_class"
  | "AP"
  | "AP50"
  | "accuracy"
  | "macro_f1"
  | "learning_rate";
export type Run = Omit<Schemas["Run"], "metrics" | "config"> & {
  config: RunConfig;
  metrics: Partial<Record<MetricName, number | null>>;
};
export type RunEstimate = Schemas["Estimate"];
export type EpochMetrics = Omit<Schemas["Metric"], "values"> & {
  values: Partial<Record<MetricName, number | null>>;
};
export type LogLine = Schemas["LogLine"];
export type Parity = Schemas["Parity"];
export type Artifact = Schemas["Artifact"];

export type LabelledBox = Schemas["LabelledBox"];
export type CocoName = keyof Schemas["Coco"];
export type DetectionEvaluation = Schemas["DetectionEvaluation"];
export type ClassificationEvaluation = Schemas["ClassificationEvaluation"];
export type Evaluation = Schemas["Evaluation"];

/** RFC 9457. Some problems carry more, such as a conflict's `current`. */
export type Problem = Schemas["Problem"] & { [extra: string]: unknown };

/** Server-sent events of a project, by kind. They are hints: who misses some refetches. */
export interface EventKinds {
  image: { id: number; queue: Queue; revision: number; annotation_count: number; by: Person | null };
  counts: Counts;
  claim: { id: number; claimed_by: Person | null; claim_expires_at: string | null };
  import: Import;
  snapshot: Snapshot;
  run: Partial<Run> & { id: number };
  metrics: { run: number; epoch: number; values: EpochMetrics["values"] };
  artifact: Artifact;
}
