import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Team, User } from "../../api/types";
import { navigate } from "../../app/router";
import { reloadUser } from "../../app/session";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";
import { Icon } from "../../ui/icons";

export function TeamsPanel({ me }: { me: User }) {
  const [name, setName] = useState("");
  const form = useSubmit(["name"], async () => {
    const team = await api.post<Team>("teams/", { name: name.trim() });
    await reloadUser();
    navigate(`/t/${team.slug}`);
  });
  return (
    <section class="panel" aria-labelledby="teams-title">
      <header>
        <h2 id="teams-title">Teams</h2>
      </header>
      <ul class="teams">
        {me.teams.map((team) => (
          <li key={team.slug}>
            <Icon name="team" />
            <a class="link grow cut" href={`/t/${team.slug}`}>
              {team.name}
            </a>
            <span class="faint">{team.role}</span>
          </li>
        ))}
      </ul>
      <form class="inline-form add-team" onSubmit={form.submit}>
        <TextField
          label="New team"
          value={name}
          onText={setName}
          maxLength={100}
          fault={form.fault("name") ?? form.general}
        />
        <Button type="submit" icon="plus" busy={form.busy} disabled={!name.trim()}>
          Make team
        </Button>
      </form>
    </section>
  );
}
