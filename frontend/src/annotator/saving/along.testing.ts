/** What somebody has along, made up for tests. */
import type { AnnotationState, Image, ImageSuggestions, Project, Queue, Session } from "../../api/types";
import { type AlongImage, keepAlongImage, keepTrip, type Trip } from "./alongImages";

export const PICTURE = new Blob(["picture"]);

export function sessionOf(user: number): Session {
  return { authenticated: true, user: { id: user, name: `person ${user}` } } as Session;
}

export function projectOf(id: number): Project {
  return { id, slug: `project-${id}`, task: "detection", labels: [] } as unknown as Project;
}

/** One box of label 10. */
export function suggestionsOf(id: string): ImageSuggestions {
  const box = { id, label: 10, x_min: 2, y_min: 2, x_max: 20, y_max: 20, score: 0.9 };
  return { run_number: 3, shown_score: 0.4, boxes: [box] };
}

/** It ends in so many hours. */
export function tripFor(user: number, project: number, hours = 12): Trip {
  const until = new Date(Date.now() + hours * 3_600_000).toISOString();
  return { session: sessionOf(user), project: projectOf(project), queue: "unlabelled", until };
}

export function stateAt(revision: number, queue: Queue = "unlabelled"): AnnotationState {
  return { revision, queue, annotations: [] };
}

export function alongImage(id: number, queue: Queue = "unlabelled"): AlongImage {
  const image = { id, name: `${id}.jpg`, queue: "unlabelled", revision: 1, width: 40, height: 30 } as Image;
  const suggested = suggestionsOf(`suggested-${id}`);
  return { image, state: stateAt(1, queue), picture: PICTURE, suggested };
}

export async function keepAlong(user: number, project: number, ids: readonly number[]): Promise<void> {
  await keepTrip(tripFor(user, project));
  for (const id of ids) await keepAlongImage(user, project, alongImage(id));
}
