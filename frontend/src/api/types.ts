// The JSON of /api/v1/, as the generated schema has it. Times are ISO 8601 strings in UTC.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Role = Schemas["RoleEnum"];
export type Task = Schemas["TaskEnum"];
export type Queue = Schemas["QueueEnum"];
export type Status = Schemas["StatusEnum"];
export type Split = Schemas["SplitEnum"];

export type Page<T> = Omit<Schemas["PaginatedRunList"], "results"> & { results: T[] };

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
/** Of an image in a list: `place` counts from 1; null where the image is not in it. */
export type TakenAlong = Schemas["TakenAlong"];
export type ListPlace = Schemas["Place"];
export type Annotation = Schemas["Annotation"];
/** What a save sends of one annotation. */
export type AnnotationContent = Schemas["AnnotationContentRequest"];
export type AnnotationState = Schemas["State"];
/** One change of an image, and what stood after one. */
export type Revision = Schemas["Revision"];
export type PastState = Schemas["PastState"];
/** An annotation as a revision keeps it. */
export type RevisedAnnotation = Schemas["RevisedAnnotation"];
export type BoxedImages = Schemas["BoxedImages"];
/** An annotation of one label, with its image. */
export type Labelled = Schemas["Labelled"];
export type BulkChange = Schemas["BulkChange"];
export type TrashedImage = Schemas["TrashedImage"];
export type UploadAnswer = Schemas["Upload"];

type Save = Schemas["PatchedSaveRequestRequest"];
/** The body of a save. `queue` is there only if the save also moves the image to another queue. */
export type SaveRequest = Required<Omit<Save, "queue" | "skip_reason" | "draft">> &
  Pick<Save, "queue" | "skip_reason" | "draft">;

export type Finding = Schemas["Finding"];
export type Import = Schemas["Import"];
export type ReadChoices = Schemas["Choices"];
export type ImportReview = Schemas["Review"];
export type ReviewImage = Schemas["ReviewImage"];
export type OnKnown = Schemas["OnKnownEnum"];
/** What a label of the archive becomes. */
export type LabelTarget = { to: "new" } | { to: "ignore" } | { to: "existing"; label: number };

export type Snapshot = Schemas["Snapshot"];
export type SnapshotDiff = Schemas["Diff"];
export type Format = Schemas["Format"];
export type Losses = Schemas["Losses"];

export type Model = Schemas["Model"];
export type FoundModels = Schemas["FoundModels"];
export type EveryArtifact = Schemas["EveryArtifact"];
export type Target = Schemas["Target"];
export type Run = Schemas["Run"];
/** A finished run of the team that another can start from. */
export type Base = Schemas["Base"];
/** Weights that somebody of the team has uploaded. */
export type BaseFile = Schemas["BaseFile"];
export type RunEstimate = Schemas["Estimate"];
/** Settings of a run that the team keeps under a name: what differs from the model's defaults. */
export type Preset = Schemas["Preset"];
/** Runs that differ in some settings only. */
export type Sweep = Schemas["Sweep"];
export type SweepRow = Schemas["SweepRow"];
export type SweepTable = Schemas["SweepTable"];
export type SweepCurve = Schemas["Curve"];
export type SweepEstimate = Schemas["SweepEstimate"];
/** A run looks at unlabelled images. */
export type Prediction = Schemas["Prediction"];
export type Suggestion = Schemas["Suggestion"];
/** What is suggested for an image. */
export type ImageSuggestions = Schemas["Suggestions"];
/** What became of a picture that was sent with its boxes. */
export type Ingested = Schemas["Ingest"];
/** A link by which anybody may try a model. */
export type TryLink = Schemas["TryLink"];
/** With its secret. */
export type MadeTryLink = Schemas["MadeTryLink"];
/** What it opens. */
export type Tried = Schemas["Tried"];
/** What became of a run's suggestions. */
export type Fates = Schemas["Fates"];
export type EpochMetrics = Schemas["Metric"];
export type LogLine = Schemas["LogLine"];
export type Parity = Schemas["Parity"];
export type Artifact = Schemas["Artifact"];
export type WorstPictures = Schemas["WorstPictures"];
export type WorstPicture = Schemas["WorstPicture"];

export type DetectionEvaluation = Schemas["DetectionEvaluation"];
export type ClassificationEvaluation = Schemas["ClassificationEvaluation"];
export type Evaluation = Schemas["Evaluation"];
export type Interval = Schemas["Interval"];
export type Calibration = Schemas["Calibration"];
export type Comparison = Schemas["Comparison"];
export type Holdout = Schemas["Holdout"];
export type TestSplit = Schemas["TestSplit"];

/** RFC 9457. Some problems carry more, such as a conflict's `current`. */
export type Problem = Schemas["Problem"] & { [extra: string]: unknown };

/** Server-sent events of a project, by kind. They are hints: who misses some refetches. */
export type EventKinds = { [Frame in Schemas["Event"] as Frame["event"]]: Frame["data"] };
