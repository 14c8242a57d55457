import { computed, effect, signal } from "@preact/signals";
import { isAnythingAlong, type Trip, tripsHere } from "../annotator/saving/alongImages";
import { rememberName } from "../annotator/saving/keptWork";
import { api, type RequestOptions, setSender } from "../api/client";
import { ApiError } from "../api/errors";
import type { Role, Session, User } from "../api/types";
import { forgetOthers } from "./along";
import { navigate, path } from "./router";

/** null until the server has said who is here. */
export const session = signal<Session | null>(null);
export const user = computed<User | null>(() => session.value?.user ?? null);

export const userId = computed<number | null>(() => user.value?.id ?? null);
effect(() => setSender(userId.value));

/** Who took images along starts without the server, and is asked for again once there is a network. */
export async function loadSession(): Promise<void> {
  try {
    const now = await api.get<Session>("auth/session/", startOptions());
    await forgetOthers(now.user?.id ?? null).catch(() => undefined);
    session.value = now;
  } catch (error) {
    const [trip] = isAway(error) ? await tripsHere() : [];
    if (!trip) throw error;
    session.value = trip.session;
    goTo(trip);
    addEventListener("online", () => void loadSession().catch(() => undefined), { once: true });
  }
}

/** Without the server there is nothing else to see. */
function goTo({ project }: Trip): void {
  const address = `/p/${project.slug}/label`;
  if (!path.peek().startsWith(address)) navigate(`${address}?from=along`, { replace: true });
}

const PATIENCE_MS = 5_000;

/** What a page starts with is not waited for where it can start without. */
export function startOptions(): RequestOptions {
  return isAnythingAlong() ? { retries: 0, signal: AbortSignal.timeout(PATIENCE_MS) } : {};
}

/** The server said nothing, or is not itself. */
export function isAway(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status >= 500;
}

/** Fetch who I am and my teams again, after joining or making one. */
export async function reloadUser(): Promise<void> {
  const me = await api.get<User>("me/");
  session.value = {
    mail: session.value?.mail ?? false,
    import_buckets: session.value?.import_buckets ?? false,
    setup_required: false,
    authenticated: true,
    user: me,
  };
}

export function endSession(): void {
  const me = user.peek();
  if (me) rememberName(me); // a sign-in page in another tab may have forgotten it: nothing was kept then
  if (session.value?.authenticated) session.value = { ...session.value, authenticated: false, user: null };
  void forgetOthers(null);
}

const RANK: Record<Role, number> = { viewer: 0, annotator: 1, manager: 2, owner: 3 };

/** Roles are cumulative: a manager may what an annotator may. */
export function atLeast(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && RANK[role] >= RANK[needed];
}
