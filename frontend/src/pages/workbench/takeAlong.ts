/** Taking images along to where there is no network, and what this page knows of those that one has along. */
import { signal } from "@preact/signals";
import {
  dropAlongImage,
  imagesAlong,
  keepAlongImage,
  keepTrip,
  type Trip,
  tripOf,
} from "../../annotator/saving/alongImages";
import { api } from "../../api/client";
import type { Person, Queue, TakenAlong } from "../../api/types";
import { giveBack } from "../../app/along";
import { keepShell } from "../../app/offlineShell";
import { session, userId } from "../../app/session";
import { toast, toastError } from "../../ui/toast";
import { fetchPicture, fetchState, fetchSuggestions } from "./fetching";
import type { WorkbenchState } from "./workbenchState";

/** As many images as the server gives along, and for how many hours. */
export const MOST = 20;
export const HOURS = 12;
/** An open page's claim never lasts so long. */
const TAKEN_MS = 10 * 60_000;

/** What one has along of this project. */
export const trip = signal<Trip | null>(null);

/** The project's labels go along as they are by now. */
export async function findTrip(workbench: WorkbenchState): Promise<void> {
  const project = workbench.project.project.peek();
  trip.value = await tripOf(userId.peek(), project.slug);
  if (trip.value) await keepTrip({ ...trip.value, project }).catch(() => undefined);
}

export interface Kept {
  readonly images: number;
  readonly bytes: number;
  /** This page starts without a network too. */
  readonly starts: boolean;
}

/** Claims the next images of the queue and brings them to this device; told how many of how many are here. */
export async function takeAlong(
  workbench: WorkbenchState,
  queue: Queue,
  told: (done: number, of: number) => void,
): Promise<Kept> {
  const project = workbench.project.project.peek();
  const now = session.peek();
  const user = now?.user?.id;
  if (!now || !user) return { images: 0, bytes: 0, starts: false };
  const { images } = await api.post<TakenAlong>(
    `projects/${project.id}/queue/along/`,
    { queue },
    { retries: 2 },
  );
  const [first] = images.map(({ claim_expires_at }) => claim_expires_at ?? "").sort();
  if (!first) return { images: 0, bytes: 0, starts: false };
  await keepTrip({ session: now, project, queue, until: first });
  const ids = new Set(images.map(({ id }) => id));
  for (const { image } of await imagesAlong(user, project.id))
    if (!ids.has(image.id)) await dropAlongImage(user, project.id, image.id);
  const starts = keepShell();
  let bytes = 0;
  try {
    for (const [index, image] of images.entries()) {
      told(index, images.length);
      const [state, picture, suggested] = await Promise.all([
        fetchState(image.id),
        fetchPicture(image.id),
        fetchSuggestions(image.id),
      ]);
      await keepAlongImage(user, project.id, { image, state, picture, suggested }).catch(noRoom);
      bytes += picture.size;
    }
  } finally {
    await findTrip(workbench);
  }
  return { images: images.length, bytes, starts: await starts };
}

function noRoom(): never {
  throw new Error("This device has no room for more pictures. Those that are here are with you.");
}

export async function giveTripBack(workbench: WorkbenchState): Promise<void> {
  const found = trip.peek();
  if (found) await giveBack(found);
  await findTrip(workbench);
}

export function alongDeed(): string {
  return trip.value ? "Images with you" : `Take ${MOST} with me`;
}

/** Claimed for hours. */
export function isTakenUntil(expires: string | null): boolean {
  return expires !== null && Date.parse(expires) - Date.now() > TAKEN_MS;
}

/** For managers: whatever the person took along is anybody's again. */
export async function freeTaken(workbench: WorkbenchState, { id, name }: Person): Promise<void> {
  try {
    await api.delete(`projects/${workbench.project.project.peek().id}/queue/along/${id}/`);
    toast(`What ${name} took along is free again. Nothing of their work is lost.`);
  } catch (error) {
    toastError(error);
  }
}

/** "18:20" of an ISO 8601 time. */
export function clock(iso: string | null): string {
  return iso ? new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }) : "";
}
