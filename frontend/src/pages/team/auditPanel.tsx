import type { Team } from "../../api/types";
import { AuditRows } from "../../app/auditRows";

/** For managers: what was done on the team, by whom, from where. */
export function AuditPanel({ team }: { team: Team }) {
  return (
    <section class="panel" aria-labelledby="audit-title">
      <header>
        <h2 id="audit-title">Log</h2>
      </header>
      <AuditRows path={`teams/${team.slug}/audit/`} />
    </section>
  );
}
