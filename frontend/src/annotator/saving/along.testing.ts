/** What somebody has along, made up for tests. */
import type { AnnotationState, Image, Project, Queue, Session } from "../../api/types";
import { type AlongImage, keepAlongImage, keepTrip, type Trip } from "./alongImages";

export const PICTURE = new Blob(["picture"]);

export function sessionOf(user: number): Session {
  return { authenticated: true, user: { id: user, name: `person ${user}` } } as Session;
}

export function projectOf(id: number): Project {
  return { id, slug: `project-${id}`, task: "detection", labels: [] } as unknown as Project;
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
  return { image, state: stateAt(1, queue), picture: PICTURE };
}

export async function keepAlong(user: number, project: number, ids: readonly number[]): Promise<void> {
  await keepTrip(tripFor(user, project));
  for (const id of ids) await keepAlongImage(user, project, alongImage(id));
}
