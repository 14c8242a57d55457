import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { fetchAll } from "../../api/fetchers";
import type { SessionRow } from "../../api/types";
import { Badge } from "../../ui/badge";
import { browserName } from "../../ui/browserName";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { ago, day } from "../../ui/figures";
import { Failed } from "../../ui/states";
import { toast, toastError } from "../../ui/toast";
import { useLoaded } from "../../ui/useLoaded";

function Row({ row, signOut }: { row: SessionRow; signOut: () => void }) {
  const name = browserName(row.browser);
  return (
    <li>
      <span class="grow cut">
        {name} {row.address && <span class="small faint mono">{row.address}</span>}
        <br />
        <span class="small faint">
          Since {day(row.created_at)}, used {ago(row.seen_at)}
        </span>
      </span>
      {row.current ? (
        <Badge tone="info" icon="check">
          This one
        </Badge>
      ) : (
        <Button size="sm" look="danger" aria-label={`Sign out ${name}`} onClick={signOut}>
          Sign out
        </Button>
      )}
    </li>
  );
}

/** Where I am signed in. */
export function SessionsPanel() {
  const { value, error, reload } = useLoaded("sessions", (signal) =>
    fetchAll<SessionRow>("auth/sessions/", signal),
  );
  const [asking, setAsking] = useState(false);
  const signOut = async (row: SessionRow) => {
    try {
      await api.delete(`auth/sessions/${row.id}/`);
      toast("Signed out there");
    } catch (thrown) {
      toastError(thrown);
    }
    reload();
  };
  const others = value?.filter((row) => !row.current).length ?? 0;
  return (
    <section class="panel" aria-labelledby="sessions-title">
      <header>
        <h2 id="sessions-title" class="grow">
          Signed in {value && <span class="count">{value.length}</span>}
        </h2>
        {others > 0 && (
          <Button size="sm" look="danger" onClick={() => setAsking(true)}>
            Sign out everywhere else
          </Button>
        )}
      </header>
      {error ? <Failed error={error} retry={reload} /> : null}
      <ul class="rows">
        {value?.map((row) => (
          <Row key={row.id} row={row} signOut={() => void signOut(row)} />
        ))}
      </ul>
      {asking && (
        <Confirm
          deed="Sign out everywhere else"
          keep="Stay"
          close={() => setAsking(false)}
          run={async () => {
            await api.delete("auth/sessions/");
            reload();
          }}
        >
          Every other browser asks for your password again. Tokens go on working.
        </Confirm>
      )}
    </section>
  );
}
