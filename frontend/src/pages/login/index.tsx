import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { loadSession } from "../../app/session";
import { FormFault, GateShell } from "../../app/shell/gateShell";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";

/** Shown at whatever address was asked for; after signing in that page appears. */
export default function Login() {
  useTitle("Sign in");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const form = useSubmit(["email", "password"], async () => {
    await api.post("auth/login/", { email, password });
    await loadSession();
  });
  return (
    <GateShell title="Sign in">
      <form onSubmit={form.submit}>
        <TextField
          label="Email"
          type="email"
          autocomplete="username"
          autofocus
          required
          value={email}
          onText={setEmail}
          fault={form.fault("email")}
        />
        <TextField
          label="Password"
          type="password"
          autocomplete="current-password"
          required
          value={password}
          onText={setPassword}
          fault={form.fault("password")}
        />
        <FormFault text={form.general} />
        <Button type="submit" look="primary" size="lg" busy={form.busy}>
          {form.busy ? "Signing in" : "Sign in"}
        </Button>
        <p class="small">
          <a class="link" href="/reset">
            Forgot your password?
          </a>
        </p>
        <p class="small faint">No account? Ask a manager of your team for an invitation link.</p>
      </form>
    </GateShell>
  );
}
