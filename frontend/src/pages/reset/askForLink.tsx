import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { FormFault, GateShell } from "../../app/shell/gateShell";
import { Button, ButtonLink } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";

export function AskForLink() {
  const [email, setEmail] = useState("");
  const [sentTo, setSentTo] = useState("");
  const form = useSubmit(["email"], async () => {
    await api.post("auth/reset/", { email });
    setSentTo(email);
  });
  if (sentTo)
    return (
      <GateShell title="Look into your mail">
        <p class="dim" role="status">
          If <b>{sentTo}</b> has an account here, a link is on its way. It works once, for one hour.
        </p>
        <div>
          <ButtonLink href="/">Back to sign in</ButtonLink>
        </div>
      </GateShell>
    );
  return (
    <GateShell title="Forgot your password?" lead="You get a mail with a link that sets a new one.">
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
        <FormFault text={form.general} />
        <Button type="submit" look="primary" size="lg" busy={form.busy}>
          {form.busy ? "Sending" : "Send link"}
        </Button>
        <p class="small">
          <a class="link" href="/">
            Back to sign in
          </a>
        </p>
      </form>
    </GateShell>
  );
}
