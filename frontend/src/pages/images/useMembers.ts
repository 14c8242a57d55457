import { fetchAll } from "../../api/fetchers";
import type { Member } from "../../api/types";
import { useLoaded } from "../../ui/useLoaded";

export function useMembers(team: string): readonly Member[] {
  return (
    useLoaded(`members-${team}`, (signal) => fetchAll<Member>(`teams/${team}/members/`, signal)).value ?? []
  );
}
