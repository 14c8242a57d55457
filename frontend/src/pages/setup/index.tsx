import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { navigate } from "../../app/router";
import { loadSession } from "../../app/session";
import { FormFault, GateShell } from "../../app/shell/gateShell";
import { useTitle } from "../../app/title";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";

const FIELDS = ["name", "email", "password", "team_name"] as const;

/** The first visit: the first account and its team. */
export default function Setup() {
  useTitle("Set up");
  const [values, setValues] = useState({ name: "", email: "", password: "", team_name: "" });
  const form = useSubmit(FIELDS, async () => {
    await api.post("auth/setup/", values);
    navigate("/", { replace: true });
    await loadSession();
  });
  const bind = (field: (typeof FIELDS)[number]) => ({
    value: values[field],
    onText: (text: string) => setValues({ ...values, [field]: text }),
    fault: form.fault(field),
    required: true,
  });
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
          hint="At least 10 characters."
          minLength={10}
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
