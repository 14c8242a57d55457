import { api } from "../../api/client";
import { ApiError, sentence } from "../../api/errors";
import type { InvitationPreview } from "../../api/types";
import { useLinkSecret } from "../../app/linkSecret";
import { user } from "../../app/session";
import { GateShell } from "../../app/shell/gateShell";
import { useTitle } from "../../app/title";
import { Button, ButtonLink } from "../../ui/button";
import { until } from "../../ui/figures";
import { PageLoading } from "../../ui/states";
import { useLoaded } from "../../ui/useLoaded";
import { JoinAsMe } from "./joinAsMe";
import { JoinAsNew } from "./joinAsNew";

function JoinFailed({ error, retry }: { error: unknown; retry: () => void }) {
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <GateShell
      title={gone ? "This invitation cannot be used" : "The invitation did not load"}
      lead={sentence(error)}
    >
      <p class="dim">
        {gone && "Look whether the address is the one that you were sent, or ask for a new link."}
      </p>
      {gone ? (
        <ButtonLink href="/">Go to the start page</ButtonLink>
      ) : (
        <Button onClick={retry}>Try again</Button>
      )}
    </GateShell>
  );
}

/** `old`: the token of a link from before tokens stood behind #. */
export default function Join({ old }: { old: string }) {
  useTitle("Join a team");
  const token = useLinkSecret() || old;
  const { value, error, reload } = useLoaded(token, () =>
    api.post<InvitationPreview>("invitations/preview/", { token }, { retries: 2 }),
  );
  if (error) return <JoinFailed error={error} retry={reload} />;
  if (!value) return <PageLoading />;
  const lead = (
    <>
      You are invited as <b>{value.role}</b>. The link ends {until(value.expires_at)}.
    </>
  );
  return (
    <GateShell title={`Join ${value.team.name}`} lead={lead}>
      {user.value ? (
        <JoinAsMe token={token} me={user.value} />
      ) : (
        <JoinAsNew token={token} invitation={value} />
      )}
    </GateShell>
  );
}
