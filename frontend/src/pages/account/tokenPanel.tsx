import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { User } from "../../api/types";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { CopyField } from "../../ui/copyField";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";

/** The key with which scripts and the command line act as me. */
export function TokenPanel({ me }: { me: User }) {
  const [password, setPassword] = useState("");
  const [token, setToken] = useState("");
  const form = useSubmit(["password"], async () => {
    const answer = await api.post<{ token: string }>("auth/token/", { email: me.email, password });
    setToken(answer.token);
    setPassword("");
  });
  return (
    <section class="panel" aria-labelledby="token-title">
      <header>
        <h2 id="token-title">Token for scripts</h2>
      </header>
      <form class="body" onSubmit={form.submit}>
        <p class="dim">
          Scripts send it as <span class="mono">Authorization: Token …</span> and may do what you may.
        </p>
        <p>
          <a class="link" href="/api/v1/docs/">
            All addresses of the API
          </a>
        </p>
        {token ? (
          <CopyField text={token} label="Token" />
        ) : (
          <>
            <TextField
              label="Your password"
              type="password"
              autocomplete="current-password"
              value={password}
              onText={setPassword}
              required
              fault={form.fault("password")}
            />
            <FormFault text={form.general} />
            <div>
              <Button type="submit" icon="key" busy={form.busy} disabled={!password}>
                Show token
              </Button>
            </div>
          </>
        )}
      </form>
    </section>
  );
}
