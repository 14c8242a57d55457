/** The ends of what somebody took along: given back, signed out, or somebody else at this device. */
import { dropTrip, isAnythingAlong, personOf, type Trip, tripsHere } from "../annotator/saving/alongImages";
import { forgetSteps } from "../annotator/saving/undoPlace";
import { api } from "../api/client";
import { ApiError } from "../api/errors";
import { dropShell } from "./offlineShell";

/** Its images are anybody's again, and off this device. */
export async function giveBack(trip: Trip): Promise<void> {
  await api.delete(`projects/${trip.project.id}/queue/along/`, { retries: 2 });
  await forgetWhere((each) => personOf(each) === personOf(trip) && each.project.id === trip.project.id);
}

/** Before one signs out. Throws where no server answers: one stays signed in, with all one has. */
export async function giveAllBack(user: number): Promise<void> {
  for (const trip of await tripsHere()) {
    if (personOf(trip) !== user) continue;
    await giveBack(trip).catch((error) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }
}

/** Whoever is at this device now, null for nobody, finds nothing of anybody else, and nothing whose time is over. */
export async function forgetOthers(user: number | null): Promise<void> {
  await forgetWhere((trip) => personOf(trip) !== user);
  await forgetSteps(user);
}

/** A project that one is no longer a member of. */
export async function forgetProject(slug: string): Promise<void> {
  await forgetWhere(({ project }) => project.slug === slug);
}

async function forgetWhere(isGone: (trip: Trip) => boolean): Promise<void> {
  if (!isAnythingAlong()) return;
  for (const trip of await tripsHere()) if (isGone(trip)) await dropTrip(personOf(trip), trip.project.id);
  if (!isAnythingAlong()) await dropShell();
}
