/** What the workbench asks of the API. */
import { api, apiUrl } from "../../api/client";
import { ApiError, OfflineError } from "../../api/errors";
import type { Annotation, AnnotationState, Image, ImageSuggestions, Person, Queue } from "../../api/types";

import { holderOf } from "../../app/holder";
import type { Drawn } from "./presence";

/** An image with its annotations, ready to be worked on. */
export interface Opened {
  readonly image: Image;
  readonly state: AnnotationState;
  /** Someone else who holds it, or null. */
  readonly holder: Person | null;
  /** Where its picture is, if not at the server. */
  readonly picture?: string;
  /** What was suggested for it when it was brought here. */
  readonly suggested?: ImageSuggestions;
}

type Claimed = Image & { annotations: Annotation[] };

function openedFrom(claimed: Claimed): Opened {
  const { annotations, ...image } = claimed;
  return { image, state: { revision: image.revision, queue: image.queue, annotations }, holder: null };
}

/** Claims the next image of a queue and gives back those that one leaves; null when there is none. */
export async function claimNext(
  project: number,
  queue: Queue,
  after: number | null,
  leave: readonly number[],
): Promise<Opened | null> {
  const body = { queue, ...(after === null ? {} : { after }), leave };
  const claimed = await api.post<Claimed | null>(`projects/${project}/queue/next/`, body, { retries: 2 });
  return claimed && openedFrom(claimed);
}

export async function fetchState(image: number): Promise<AnnotationState> {
  return api.get<AnnotationState>(`images/${image}/annotations/`);
}

export function fetchSuggestions(image: number): Promise<ImageSuggestions> {
  return api.get<ImageSuggestions>(`images/${image}/suggestions/`);
}

/** Opens one image; whoever may label claims it, in the same request. Held by a colleague, it opens all the same. */
export async function openImage(id: number, claims: boolean): Promise<Opened> {
  if (!claims) return look(id);
  try {
    return openedFrom(await api.post<Claimed>(`images/${id}/claim/`, { open: true }, { retries: 3 }));
  } catch (error) {
    const holder = holderIn(error);
    if (!holder) throw error;
    return { ...(await look(id)), holder };
  }
}

async function look(id: number): Promise<Opened> {
  const [image, state] = await Promise.all([api.get<Image>(`images/${id}/`), fetchState(id)]);
  return { image, state, holder: holderOf(image, Date.now()) };
}

/** The colleague who was there first; null where that was not the matter. */
function holderIn(error: unknown): Person | null {
  if (!(error instanceof ApiError) || error.status !== 409) return null;
  return (error.problem.claimed_by as Person | undefined) ?? { id: 0, name: "Someone else" };
}

export interface Claim {
  readonly holder: Person | null;
  readonly expires: string | null;
}

/** Claims or renews. `holder` is the colleague who was there first. */
export async function claimImage(id: number): Promise<Claim> {
  try {
    const image = await api.post<Partial<Image> | null>(`images/${id}/claim/`);
    return { holder: null, expires: image?.claim_expires_at ?? null };
  } catch (error) {
    const holder = holderIn(error);
    if (!holder) throw error;
    return { holder, expires: null };
  }
}

/** Lets an image go, in a request that outlives the page; if that fails, the claim lapses by itself. */
export function releaseImage(id: number): void {
  api.delete(`images/${id}/claim/`, { keepalive: true }).catch(() => undefined);
}

/** Tells whoever else looks at the image that one is there, and what is in one's hand. */
export function sayPresent(image: number, drawn: Drawn | null): Promise<unknown> {
  return api.post(`images/${image}/presence/`, { drawn });
}

export function sayGone(image: number): void {
  api.delete(`images/${image}/presence/`, { keepalive: true }).catch(() => undefined);
}

/** Fetches and decodes a picture; the browser keeps it for as long as somebody keeps the answer. */
export function loadPicture(id: number): HTMLImageElement {
  const picture = new globalThis.Image();
  picture.src = previewUrl(id);
  picture.decode().catch(() => undefined);
  return picture;
}

/** The preview's file, to be kept on this device. */
export async function fetchPicture(id: number): Promise<Blob> {
  const answer = await fetch(previewUrl(id)).catch(() => null);
  if (!answer?.ok) throw new OfflineError();
  return answer.blob();
}

export function previewUrl(id: number): string {
  return apiUrl(`images/${id}/preview/`);
}

export function fileUrl(id: number): string {
  return apiUrl(`images/${id}/file/`);
}
