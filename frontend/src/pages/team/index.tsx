import "./team.css";
import { api } from "../../api/client";
import { fetchAll } from "../../api/fetchers";
import type { Invitation, Member, Team as TeamRecord } from "../../api/types";
import { atLeast } from "../../app/session";
import { HomeShell } from "../../app/shell/homeShell";
import { useTitle } from "../../app/title";
import { Failed, Skeleton } from "../../ui/states";
import { useLoaded } from "../../ui/useLoaded";
import { AuditPanel } from "./auditPanel";
import { InvitePanel } from "./invite";
import { MembersPanel } from "./members";
import { OpenInvitationsPanel } from "./openInvitations";
import { RolesPanel } from "./roles";
import { TeamPanel } from "./teamPanel";
import { UsagePanel } from "./usagePanel";

interface Everything {
  team: TeamRecord;
  members: Member[];
  invitations: Invitation[];
}

async function fetchTeam(slug: string, signal: AbortSignal): Promise<Everything> {
  const team = await api.get<TeamRecord>(`teams/${slug}/`, { signal });
  const manages = atLeast(team.role, "manager");
  const [members, invitations] = await Promise.all([
    fetchAll<Member>(`teams/${slug}/members/`, signal),
    manages ? fetchAll<Invitation>(`teams/${slug}/invitations/`, signal) : [],
  ]);
  return { team, members, invitations };
}

function LoadingTeam() {
  return (
    <section class="panel late" aria-busy="true">
      <header>
        <Skeleton width={120} />
      </header>
      <div class="body stack">
        <Skeleton width="60%" />
        <Skeleton width="50%" />
        <Skeleton width="55%" />
      </div>
    </section>
  );
}

function TeamColumns({ value, reload }: { value: Everything; reload: () => void }) {
  const { team, members, invitations } = value;
  const manages = atLeast(team.role, "manager");
  return (
    <div class="team-columns">
      <div class="stack">
        <MembersPanel team={team} members={members} reload={reload} />
        {manages && <OpenInvitationsPanel team={team} invitations={invitations} reload={reload} />}
        {manages && <AuditPanel team={team} />}
        {team.role === "owner" && <TeamPanel team={team} reload={reload} />}
      </div>
      <div class="stack">
        {manages && <InvitePanel team={team} reload={reload} />}
        <UsagePanel team={team.slug} />
        <RolesPanel />
      </div>
    </div>
  );
}

export default function TeamPage({ slug }: { slug: string }) {
  const { value, error, reload } = useLoaded(`team-${slug}`, (signal) => fetchTeam(slug, signal));
  useTitle("Team", value?.team.name ?? "");
  return (
    <HomeShell tab="team" team={value?.team}>
      <main class="page" id="content">
        <div class="wrap">
          <div class="pagehead">
            <h1>{value?.team.name ?? "Team"}</h1>
          </div>
          {error ? <Failed error={error} retry={reload} /> : null}
          {!value && !error && <LoadingTeam />}
          {value && <TeamColumns value={value} reload={reload} />}
        </div>
      </main>
    </HomeShell>
  );
}
