import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { navigate } from "../../app/router";
import { loadSession } from "../../app/session";
import { FormFault, GateShell } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";

export function NewPassword({ token }: { token: string }) {
  const [password, setPassword] = useState("");
  const form = useSubmit(["password"], async () => {
    await api.post("auth/reset/confirm/", { token, password });
    await loadSession();
    navigate("/", { replace: true });
  });
  return (
    <GateShell
      title="New password"
      lead="It signs you out everywhere else, and ends the tokens of your scripts."
    >
      <form onSubmit={form.submit}>
        <TextField
          label="New password"
          type="password"
          autocomplete="new-password"
          hint="At least 12 characters."
          autofocus
          required
          value={password}
          onText={setPassword}
          fault={form.fault("password")}
        />
        <FormFault text={form.general} />
        <Button type="submit" look="primary" size="lg" busy={form.busy}>
          {form.busy ? "Saving" : "Set password"}
        </Button>
      </form>
    </GateShell>
  );
}
