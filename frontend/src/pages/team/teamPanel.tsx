import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Team } from "../../api/types";
import { navigate } from "../../app/router";
import { reloadUser } from "../../app/session";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";
import { toast } from "../../ui/toast";

/** For owners: the team's name, and its end. */
export function TeamPanel({ team, reload }: { team: Team; reload: () => void }) {
  const [name, setName] = useState(team.name);
  const [asking, setAsking] = useState(false);
  const form = useSubmit(["name"], async () => {
    await api.patch(`teams/${team.slug}/`, { name: name.trim() });
    await reloadUser();
    toast("Name saved");
    reload();
  });
  return (
    <section class="panel" aria-labelledby="team-title">
      <header>
        <h2 id="team-title">Team</h2>
      </header>
      <div class="body stack">
        <form class="inline-form" onSubmit={form.submit}>
          <TextField label="Name" value={name} onText={setName} maxLength={100} fault={form.fault("name")} />
          <Button type="submit" busy={form.busy} disabled={!name.trim() || name.trim() === team.name}>
            Save
          </Button>
        </form>
        <FormFault text={form.general} />
        <div class="row apart">
          <p class="dim">A team can be deleted once its projects are.</p>
          <Button look="danger" onClick={() => setAsking(true)}>
            Delete team
          </Button>
        </div>
      </div>
      {asking && (
        <Confirm
          deed="Delete team"
          word={team.name}
          close={() => setAsking(false)}
          run={async () => {
            await api.delete(`teams/${team.slug}/`);
            await reloadUser();
            navigate("/");
          }}
        >
          The team <b>{team.name}</b>, its members' access and its invitations go for good.
        </Confirm>
      )}
    </section>
  );
}
