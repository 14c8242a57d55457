import { useEffect, useState } from "preact/hooks";
import { type KeptWork, keptWork } from "../../annotator/saving/keptWork";
import { api } from "../../api/client";
import { loadSession } from "../../app/session";
import { FormFault, GateShell } from "../../app/shell/gateShell";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { counted } from "../../ui/figures";
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
      <Kept />
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

/** After a session's end: nothing is lost, and whose it is. */
function Kept() {
  const [work, setWork] = useState<readonly KeptWork[]>([]);
  useEffect(() => void keptWork().then(setWork), []);
  return work.map(({ name, images }) => (
    <p key={name} class="dim" role="status" data-testid="kept-work">
      Changes by {name} to {counted(images, "image")} are kept on this device. They are saved once {name}{" "}
      signs in here.
    </p>
  ));
}
