import type { Image, Person } from "../api/types";

/** Who works on the image; nobody once the claim has lapsed. */
export function holderOf(image: Pick<Image, "claimed_by" | "claim_expires_at">, now: number): Person | null {
  const lasts = image.claim_expires_at !== null && Date.parse(image.claim_expires_at) > now;
  return lasts ? image.claimed_by : null;
}
