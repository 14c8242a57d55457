// The JSON of /api/v1/ in the words of DESIGN §3. Times are ISO 8601 UTC strings.

export type Role = "viewer" | "annotator" | "manager" | "owner";
export type Task = "detection" | "classification";
export type Queue = "unlabelled" | "labelled" | "review" | "done" | "skipped";
export type Status = "queued" | "running" | "succeeded" | "failed" | "canceled";
export type Split = "train" | "val" | "test";

export interface Page<T> {
  results: T[];
  next: string | null;
  previous: string | null;
}

export interface Person {
  id: number;
  name: string;
}

export interface TeamRef {
  slug: string;
  name: string;
}

export interface User {
  id: number;
  email: string;
  name: string;
  teams: (TeamRef & { role: Role })[];
}

export interface Session {
  authenticated: boolean;
  setup_required: boolean;
  mail: boolean;
  user: User | null;
}

export interface Team extends TeamRef {
  id: number;
  role: Role;
  member_count: number;
}

export interface Member {
  id: number;
  user: Person & { email: string };
  role: Role;
  joined_at: string;
}

export interface Invitation {
  id: number;
  email: string;
  role: Role;
  expires_at: string;
  created_at: string;
  accepted_at: string | null;
  created_by: Person | null;
  /** Only in the answer to POST: the absolute address …/join/<token>. */
  link?: string;
  mailed?: boolean;
}

export interface InvitationPreview {
  team: TeamRef;
  role: Role;
  email: string;
  expires_at: string;
}

export interface Label {
  id: number;
  name: string;
  color: string;
  position: number;
  annotation_count: number;
}

export interface Counts {
  images: number;
  unlabelled: number;
  labelled: number;
  review: number;
  done: number;
  skipped: number;
  annotations: number;
}

export interface Project {
  id: number;
  slug: string;
  name: string;
  team: TeamRef;
  task: Task;
  role: Role;
  seed: number;
  labels: Label[];
  counts: Counts;
  created_at: string;
  updated_at: string;
}

export interface Image {
  id: number;
  name: string;
  sha256: string;
  width: number;
  height: number;
  size: number;
  queue: Queue;
  revision: number;
  annotation_count: number;
  claimed_by: Person | null;
  claim_expires_at: string | null;
  created_at: string;
}

export interface Annotation {
  /** A UUID v7 made by whoever draws it. */
  id: string;
  /** The label's id. */
  label: number;
  /** Pixels of the EXIF-oriented image; absent on whole-image labels. */
  x_min?: number;
  y_min?: number;
  x_max?: number;
  y_max?: number;
  source: string;
  score: number | null;
  created_by: Person | null;
  updated_at: string;
}

/** What a save sends of one annotation. */
export type AnnotationDraft = Pick<Annotation, "id" | "label" | "x_min" | "y_min" | "x_max" | "y_max"> & {
  source?: string;
  score?: number | null;
};

export interface AnnotationState {
  revision: number;
  queue: Queue;
  annotations: Annotation[];
}

export interface SaveRequest {
  base_revision: number;
  upsert: AnnotationDraft[];
  delete: string[];
  queue?: Queue;
}

/** The 409 of a save adds these to the problem. */
export interface SaveConflict {
  current: AnnotationState;
  conflicts: string[];
}

export type ClaimedImage = Image & { annotations: Annotation[] };

export interface Revision {
  number: number;
  author: Person | null;
  created_at: string;
  queue: Queue;
  upserted: number | unknown[];
  deleted: number | unknown[];
}

export interface UploadAnswer {
  created: Image[];
  duplicates: { name: string; id: number }[];
  rejected: { name: string; reason: string }[];
}

export interface Finding {
  severity: "error" | "warning" | "info";
  file: string;
  line: number | null;
  reason: string;
}

export interface Import {
  id: number;
  status: Status;
  format: string;
  archive_name: string;
  counts: Partial<
    Record<
      "images_created" | "images_duplicate" | "annotations_created" | "annotations_existing" | "files",
      number
    >
  >;
  progress: { done: number; total: number };
  findings?: Finding[];
  finding_count: number;
  error: JobError | string | null;
  created_at: string;
  finished_at: string | null;
}

export interface JobError {
  code: string;
  detail: string;
}

export interface Snapshot {
  id: number;
  number: number;
  status: Status;
  sha256: string;
  image_count: number;
  labelled_count: number;
  box_count: number;
  labels: { name: string; color: string; annotation_count: number }[];
  splits: Record<Split, number>;
  parent: number | null;
  author: Person | null;
  created_at: string;
  error: JobError | string | null;
}

export interface SnapshotDiff {
  images_added: number;
  images_removed: number;
  images_changed: number;
  annotations_added: number;
  annotations_removed: number;
  annotations_changed: number;
}

export interface Model {
  name: string;
  title: string;
  task: Task;
  image_size: number;
  summary: string;
  default_config: RunConfig;
  weights_available: boolean;
  licence: string;
}

export interface Target {
  name: string;
  title: string;
  for_whom: string;
  quantizations: string[];
}

export interface Format {
  name: string;
  title: string;
  reads: boolean;
  writes: boolean;
}

export interface RunConfig {
  epochs: number;
  batch_size: number;
  learning_rate: number;
  freeze: "none" | "trunk";
  [field: string]: string | number | boolean | null;
}

export type MetricName =
  | "loss"
  | "loss_box"
  | "loss_class"
  | "AP"
  | "AP50"
  | "accuracy"
  | "macro_f1"
  | "learning_rate";

export interface Run {
  id: number;
  number: number;
  project: number;
  status: Status;
  phase: "waiting" | "preparing" | "training" | "evaluating" | "";
  model: string;
  base: string;
  config: RunConfig;
  snapshot: { id: number; number: number; image_count: number; labelled_count: number };
  error: JobError | null;
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  loss: number | null;
  eta_seconds: number | null;
  metrics: Partial<Record<MetricName, number | null>>;
  images: { train: number; val: number } | null;
  estimate_seconds: number | null;
  attempt: number;
  created_by: Person | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface RunEstimate {
  images: number;
  epochs: number;
  estimate_seconds: number;
}

export interface EpochMetrics {
  epoch: number;
  values: Partial<Record<MetricName, number | null>>;
  seconds: number;
  created_at: string;
}

export interface LogLine {
  n: number;
  text: string;
  created_at: string;
}

export interface LabelledBox {
  label: string;
  x_min: number;
  y_min: number;
  x_max: number;
  y_max: number;
}

export type CocoName =
  | "AP"
  | "AP50"
  | "AP75"
  | "AP_small"
  | "AP_medium"
  | "AP_large"
  | "AR1"
  | "AR10"
  | "AR100"
  | "AR_small"
  | "AR_medium"
  | "AR_large";

interface EvaluationBase {
  split: Split;
  image_count: number;
  /** By sha256. */
  images: Record<string, { id: number; name: string; width: number; height: number }>;
}

export interface DetectionEvaluation extends EvaluationBase {
  task: "detection";
  coco: Record<CocoName, number | null>;
  labels: { name: string; truth_count: number; AP: number | null; AP50: number | null }[];
  predictions: { image: string; truth: LabelledBox[]; detections: (LabelledBox & { score: number })[] }[];
}

export interface ClassificationEvaluation extends EvaluationBase {
  task: "classification";
  accuracy: number;
  macro_f1: number;
  labels: {
    name: string;
    truth_count: number;
    precision: number | null;
    recall: number | null;
    f1: number | null;
  }[];
  /** Rows are the truth. */
  confusion: number[][];
  predictions: { image: string; truth: string; scores: Record<string, number> }[];
}

export type Evaluation = DetectionEvaluation | ClassificationEvaluation;

export interface Parity {
  max_box_px: number | null;
  max_score: number;
  images: number;
  limit_box_px: number | null;
  limit_score: number;
  runtime: string;
  passed: boolean;
}

export interface Artifact {
  id: number;
  run: number;
  target: string;
  quantization: string;
  status: Status;
  size: number | null;
  sha256: string;
  files: { name: string; size: number }[];
  parity: Parity | null;
  metrics: Record<string, number | null> | null;
  error: JobError | null;
  created_at: string;
  finished_at: string | null;
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { field: string; detail: string }[];
  [extra: string]: unknown;
}

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
