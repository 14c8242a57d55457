/** Images that somebody took along, on this device: all that the workbench needs to open them without a network. */
import type { AnnotationState, Image, ImageSuggestions, Project, Queue, Session } from "../../api/types";
import { localStore } from "./changeStorage";
import { deviceStore } from "./deviceStore";

export interface Trip {
  /** Whose it is, as the server said it when they went. */
  readonly session: Session;
  readonly project: Project;
  readonly queue: Queue;
  /** When the claims end, in ISO 8601. */
  readonly until: string;
}

export interface AlongImage {
  readonly image: Image;
  readonly state: AnnotationState;
  /** The preview's file. */
  readonly picture: Blob;
  /** What was suggested for it when it went. */
  readonly suggested: ImageSuggestions;
}

/** In localStorage, so that a page that starts knows without asking IndexedDB. */
const MARK = "boxwright:along";
const TRIPS = "along:";
const IMAGES = "along-image:";

/** Whether anybody has anything along on this device. */
export function isAnythingAlong(): boolean {
  return localStore()?.getItem(MARK) != null;
}

/** Rejects where this browser has no room. */
export async function keepTrip(trip: Trip): Promise<void> {
  await deviceStore()?.put(tripKey(personOf(trip), trip.project.id), trip);
  localStore()?.setItem(MARK, "1");
}

export async function keepAlongImage(user: number, project: number, along: AlongImage): Promise<void> {
  await deviceStore()?.put(imageKey(user, project, along.image.id), along);
}

/** What lies on this device, whose ever it is; a trip whose time is over is dropped. */
export async function tripsHere(): Promise<Trip[]> {
  if (!isAnythingAlong()) return [];
  const rows = (await deviceStore()?.entries(TRIPS)) ?? [];
  // The browser may have cleared one without the other.
  if (rows.length === 0) localStore()?.removeItem(MARK);
  const all = rows.map(([, trip]) => trip as Trip);
  const over = all.filter(({ until }) => Date.parse(until) < Date.now());
  for (const trip of over) await dropTrip(personOf(trip), trip.project.id);
  return all.filter((trip) => !over.includes(trip));
}

export async function tripOf(user: number | null, slug: string): Promise<Trip | null> {
  const trips = await tripsHere().catch(() => []);
  return trips.find((trip) => personOf(trip) === user && trip.project.slug === slug) ?? null;
}

/** By id. */
export async function imagesAlong(user: number, project: number): Promise<AlongImage[]> {
  const rows = (await deviceStore()?.entries(imageKey(user, project))) ?? [];
  return rows.map(([, row]) => row as AlongImage).sort((a, b) => a.image.id - b.image.id);
}

let noted: Promise<void> = Promise.resolve();

/** Notes how the server has an image by now: without a network it opens so. One after another: the newest stays. */
export function keepAlongState(user: number, image: number, state: AnnotationState): Promise<void> {
  if (!isAnythingAlong()) return Promise.resolve();
  noted = noted.catch(() => undefined).then(() => note(user, image, state));
  return noted;
}

async function note(user: number, image: number, state: AnnotationState): Promise<void> {
  const rows = (await deviceStore()?.entries(`${IMAGES}${user}:`)) ?? [];
  for (const [key, row] of rows as [string, AlongImage][]) {
    const isNewer = row.image.id === image && state.revision >= row.state.revision;
    if (isNewer) await deviceStore()?.put(key, { ...row, state });
  }
}

export async function dropAlongImage(user: number, project: number, image: number): Promise<void> {
  await deviceStore()?.drop(imageKey(user, project, image));
}

export async function dropTrip(user: number, project: number): Promise<void> {
  const images = await imagesAlong(user, project);
  const keys = images.map(({ image }) => imageKey(user, project, image.id));
  await deviceStore()?.drop(tripKey(user, project), ...keys);
  const left = (await deviceStore()?.entries(TRIPS)) ?? [];
  if (left.length === 0) localStore()?.removeItem(MARK);
}

export function personOf({ session }: Trip): number {
  return session.user?.id ?? 0;
}

function tripKey(user: number, project: number): string {
  return `${TRIPS}${user}:${project}`;
}

/** Of one image, or what those of all begin with. */
function imageKey(user: number, project: number, image: number | "" = ""): string {
  return `${IMAGES}${user}:${project}:${image}`;
}
