import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Invitation, Team } from "../../api/types";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { ago, until } from "../../ui/figures";
import { Icon } from "../../ui/icons";

interface OpenInvitationsProps {
  team: Team;
  invitations: Invitation[];
  reload: () => void;
}

function isExpired(invitation: Invitation): boolean {
  return Date.parse(invitation.expires_at) <= Date.now();
}

/** Invitations that nobody has accepted yet. */
export function OpenInvitationsPanel({ team, invitations, reload }: OpenInvitationsProps) {
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const waiting = invitations.filter((invitation) => !invitation.accepted_at);
  if (waiting.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="waiting-title">
      <header>
        <h2 id="waiting-title">
          Waiting <span class="count">{waiting.length}</span>
        </h2>
      </header>
      <ul class="waiting">
        {waiting.map((invitation) => (
          <li key={invitation.id}>
            <Icon name={invitation.email ? "mail" : "link"} />
            <span class="grow cut">
              {invitation.email || "Link"} <span class="small faint">made {ago(invitation.created_at)}</span>
            </span>
            <span class="dim">{invitation.role}</span>
            <span class={isExpired(invitation) ? "warn nowrap" : "dim nowrap"}>
              {isExpired(invitation) ? "Expired" : `Ends ${until(invitation.expires_at)}`}
            </span>
            <Button size="sm" look="danger" onClick={() => setRevoking(invitation)}>
              {isExpired(invitation) ? "Remove" : "Revoke"}
            </Button>
          </li>
        ))}
      </ul>
      {revoking && (
        <Confirm
          deed="Revoke the invitation"
          close={() => setRevoking(null)}
          run={async () => {
            await api.delete(`teams/${team.slug}/invitations/${revoking.id}/`);
            reload();
          }}
        >
          Its link stops working at once. Who joined with it stays.
        </Confirm>
      )}
    </section>
  );
}
