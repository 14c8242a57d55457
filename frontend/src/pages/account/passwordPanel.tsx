import { useState } from "preact/hooks";
import { api } from "../../api/client";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";
import { toast } from "../../ui/toast";

/** A new password signs out every other browser and ends every token: `onChanged`, who shows them looks again. */
export function PasswordPanel({ onChanged }: { onChanged: () => void }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const form = useSubmit(["current", "new"], async () => {
    await api.post("auth/password/", { current, new: next });
    setCurrent("");
    setNext("");
    toast("Password changed");
    onChanged();
  });
  return (
    <section class="panel" aria-labelledby="password-title">
      <header>
        <h2 id="password-title">Password</h2>
      </header>
      <form class="body" onSubmit={form.submit}>
        <TextField
          label="Current password"
          type="password"
          autocomplete="current-password"
          value={current}
          onText={setCurrent}
          required
          fault={form.fault("current")}
        />
        <TextField
          label="New password"
          type="password"
          autocomplete="new-password"
          hint="At least 12 characters."
          value={next}
          onText={setNext}
          required
          fault={form.fault("new")}
        />
        <FormFault text={form.general} />
        <div>
          <Button type="submit" busy={form.busy} disabled={!current || !next}>
            Change password
          </Button>
        </div>
      </form>
    </section>
  );
}
