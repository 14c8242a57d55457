import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { InvitationPreview } from "../../api/types";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { Segmented } from "../../ui/choice";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";
import { accept } from "./joinAsMe";

type Way = "new" | "known";
const FIELDS = ["name", "email", "password"] as const;

/** Not signed in: a new account, or signing in to the one there is. */
export function JoinAsNew({ token, invitation }: { token: string; invitation: InvitationPreview }) {
  const [way, setWay] = useState<Way>("new");
  const [values, setValues] = useState({ name: "", email: invitation.email, password: "" });
  const form = useSubmit(FIELDS, async () => {
    if (way === "new") return accept({ token, ...values });
    await api.post("auth/login/", { email: values.email, password: values.password });
    return accept({ token });
  });
  const bind = (field: (typeof FIELDS)[number]) => ({
    value: values[field],
    onText: (text: string) => setValues({ ...values, [field]: text }),
    fault: form.fault(field),
    required: true,
  });
  const deed = way === "new" ? "Create account and join" : "Sign in and join";
  return (
    <form onSubmit={form.submit}>
      <div>
        <Segmented<Way>
          label="Account"
          value={way}
          onPick={setWay}
          choices={[
            { value: "new", name: "New account" },
            { value: "known", name: "I have an account" },
          ]}
        />
      </div>
      {way === "new" && <TextField label="Your name" autocomplete="name" {...bind("name")} />}
      <TextField label="Email" type="email" autocomplete="username" {...bind("email")} />
      <TextField
        label="Password"
        type="password"
        autocomplete={way === "new" ? "new-password" : "current-password"}
        hint={way === "new" ? "At least 12 characters." : undefined}
        {...bind("password")}
      />
      <FormFault text={form.general} />
      <Button type="submit" look="primary" size="lg" busy={form.busy}>
        {form.busy ? "Joining" : deed}
      </Button>
    </form>
  );
}
