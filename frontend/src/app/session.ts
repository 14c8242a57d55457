import { computed, signal } from "@preact/signals";
import { api } from "../api/client";
import type { Role, Session, User } from "../api/types";

/** null until the server has said who is here. */
export const session = signal<Session | null>(null);
export const user = computed<User | null>(() => session.value?.user ?? null);

export const userId = computed<number | null>(() => user.value?.id ?? null);

export async function loadSession(): Promise<void> {
  session.value = await api.get<Session>("auth/session/");
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
  if (session.value?.authenticated) session.value = { ...session.value, authenticated: false, user: null };
}

const RANK: Record<Role, number> = { viewer: 0, annotator: 1, manager: 2, owner: 3 };

/** Roles are cumulative: a manager may what an annotator may. */
export function atLeast(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && RANK[role] >= RANK[needed];
}
