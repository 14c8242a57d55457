import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { fetchAll } from "../../api/fetchers";
import type { NewToken, Token, User } from "../../api/types";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { CopyField } from "../../ui/copyField";
import { ago, until } from "../../ui/figures";
import { Failed } from "../../ui/states";
import { useLoaded } from "../../ui/useLoaded";
import { NewTokenDialog } from "./newToken";

function Row({ token, revoke }: { token: Token; revoke: () => void }) {
  const used = token.last_used_at ? `used ${ago(token.last_used_at)}` : "never used";
  const ends = token.expires_at ? `ends ${until(token.expires_at)}` : "never ends";
  return (
    <li>
      <span class="grow cut">
        {token.name} <span class="small faint">{token.scopes.join(", ")}</span>
        <br />
        <span class="small faint">
          Made {ago(token.created_at)}, {used}, {ends}
        </span>
      </span>
      <Button size="sm" look="danger" aria-label={`Revoke ${token.name}`} onClick={revoke}>
        Revoke
      </Button>
    </li>
  );
}

function Made({ token }: { token: NewToken }) {
  return (
    <div class="body stack" role="status">
      <p>
        <b>{token.name}</b> is made. Its key is shown only now.
      </p>
      <CopyField text={token.token} label="Token" />
    </div>
  );
}

/** The keys with which scripts and the command line act as me. */
export function TokenPanel({ me }: { me: User }) {
  const { value, error, reload } = useLoaded("tokens", (signal) => fetchAll<Token>("auth/tokens/", signal));
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewToken | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  return (
    <section class="panel" aria-labelledby="token-title">
      <header>
        <h2 id="token-title" class="grow">
          Tokens for scripts {value && <span class="count">{value.length}</span>}
        </h2>
        <Button size="sm" icon="key" onClick={() => setMaking(true)}>
          Make token
        </Button>
      </header>
      {made && <Made token={made} />}
      {error ? <Failed error={error} retry={reload} /> : null}
      <ul class="rows">
        {value?.map((token) => (
          <Row key={token.id} token={token} revoke={() => setRevoking(token)} />
        ))}
      </ul>
      <div class="body stack">
        <p class="dim">
          Scripts send it as <span class="mono">Authorization: Token …</span>
        </p>
        <p>
          <a class="link" href="/api/v1/docs/">
            All addresses of the API
          </a>
        </p>
      </div>
      {making && (
        <NewTokenDialog
          me={me}
          close={() => setMaking(false)}
          made={(token) => {
            setMade(token);
            setMaking(false);
            reload();
          }}
        />
      )}
      {revoking && (
        <Confirm
          deed="Revoke token"
          close={() => setRevoking(null)}
          run={async () => {
            await api.delete(`auth/tokens/${revoking.id}/`);
            setMade(null);
            reload();
          }}
        >
          Scripts that use <b>{revoking.name}</b> are refused at once.
        </Confirm>
      )}
    </section>
  );
}
