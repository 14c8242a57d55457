import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { User } from "../../api/types";
import { reloadUser } from "../../app/session";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";
import { toast } from "../../ui/toast";

export function NamePanel({ me }: { me: User }) {
  const [name, setName] = useState(me.name);
  const form = useSubmit(["name"], async () => {
    await api.patch("me/", { name: name.trim() });
    await reloadUser();
    toast("Name saved");
  });
  return (
    <section class="panel" aria-labelledby="profile-title">
      <header>
        <h2 id="profile-title">Profile</h2>
      </header>
      <div class="body stack">
        <form class="inline-form" onSubmit={form.submit}>
          <TextField
            label="Name"
            value={name}
            onText={setName}
            maxLength={100}
            autocomplete="name"
            fault={form.fault("name")}
          />
          <Button type="submit" busy={form.busy} disabled={!name.trim() || name.trim() === me.name}>
            Save
          </Button>
        </form>
        <FormFault text={form.general} />
        <p class="dim">
          Signed in as <b>{me.email}</b>
        </p>
      </div>
    </section>
  );
}
