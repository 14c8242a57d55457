import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { useLinkSecret } from "../../app/linkSecret";
import { navigate } from "../../app/router";
import { loadSession } from "../../app/session";
import { FormFault, GateShell } from "../../app/shell/gateShell";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";

const FIELDS = ["name", "email", "password", "team_name"] as const;

/** Whoever finds the address of a new installation must not become its owner by that. */
function NoCode() {
  return (
    <GateShell title="Set up Boxwright" lead="Nobody has an account here yet.">
      <p class="dim">
        Open the link that the server shows where it was started: it ends in <span class="mono">/setup#</span>{" "}
        and a code. <span class="mono">python manage.py setupcode</span> shows it again; in production it is
        in the web process's log.
      </p>
    </GateShell>
  );
}

/** The first visit: the first account and its team. */
export default function Setup() {
  useTitle("Set up");
  const code = useLinkSecret();
  const [values, setValues] = useState({ name: "", email: "", password: "", team_name: "" });
  const form = useSubmit(FIELDS, async () => {
    await api.post("auth/setup/", { ...values, code });
    navigate("/", { replace: true });
    await loadSession();
  });
  const bind = (field: (typeof FIELDS)[number]) => ({
    value: values[field],
    onText: (text: string) => setValues({ ...values, [field]: text }),
    fault: form.fault(field),
    required: true,
  });
  if (!code) return <NoCode />;
  return (
    <GateShell
      title="Set up Boxwright"
      lead="Nobody has an account here yet. The first one owns the first team."
    >
      <form onSubmit={form.submit}>
        <TextField label="Your name" autocomplete="name" autofocus {...bind("name")} />
        <TextField label="Email" type="email" autocomplete="username" {...bind("email")} />
        <TextField
          label="Password"
          type="password"
          autocomplete="new-password"
          hint="At least 12 characters."
          minLength={12}
          {...bind("password")}
        />
        <TextField
          label="Team"
          autocomplete="organization"
          hint="People who share projects. More teams can follow."
          {...bind("team_name")}
        />
        <FormFault text={form.general} />
        <Button type="submit" look="primary" size="lg" busy={form.busy}>
          {form.busy ? "Creating" : "Create account and team"}
        </Button>
      </form>
    </GateShell>
  );
}
