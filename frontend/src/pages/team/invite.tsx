import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { Invitation, Role, Team } from "../../api/types";
import { atLeast, session } from "../../app/session";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { CopyField } from "../../ui/copyField";
import { SelectField, TextField } from "../../ui/field";
import { until } from "../../ui/figures";
import { useSubmit } from "../../ui/form";
import { ROLES } from "./roles";

const EXPIRIES = [
  { value: "1", name: "1 day" },
  { value: "7", name: "7 days" },
  { value: "30", name: "30 days" },
];

function Made({ invitation }: { invitation: Invitation }) {
  return (
    <div class="form-row made" role="status">
      {invitation.mailed ? (
        <span>Sent to {invitation.email}. The link also works by itself:</span>
      ) : (
        <span>Send this link yourself. It is shown only now.</span>
      )}
      <CopyField text={invitation.link ?? ""} label="Invitation link" />
      <span class="hint">
        For one {invitation.role}, ends {until(invitation.expires_at)}.
      </span>
    </div>
  );
}

/** A link with a role and an end; by mail too, where the server can send mail. */
export function InvitePanel({ team, reload }: { team: Team; reload: () => void }) {
  const [role, setRole] = useState<Role>("annotator");
  const [days, setDays] = useState("7");
  const [email, setEmail] = useState("");
  const [made, setMade] = useState<Invitation | null>(null);
  const canMail = session.value?.mail ?? false;
  const form = useSubmit(["email", "role"], async () => {
    const body = { role, expires_in_days: Number(days), ...(email.trim() ? { email: email.trim() } : {}) };
    setMade(await api.post<Invitation>(`teams/${team.slug}/invitations/`, body));
    setEmail("");
    reload();
  });
  const chosen = ROLES.find((one) => one.name === role);
  const offered = ROLES.filter((one) => atLeast(team.role, one.name));
  return (
    <section class="panel" aria-labelledby="invite-title">
      <header>
        <h2 id="invite-title">Invite</h2>
      </header>
      <form class="body stack" onSubmit={form.submit}>
        <TextField
          label="Email"
          type="email"
          value={email}
          onText={setEmail}
          placeholder="Optional"
          autocomplete="off"
          fault={form.fault("email")}
          hint={
            canMail ? "The link goes there by mail." : "This server sends no mail: you get a link to pass on."
          }
        />
        <div class="pair">
          <SelectField
            label="Role"
            value={role}
            onPick={(value) => setRole(value as Role)}
            options={offered.map((one) => ({ value: one.name, name: one.title }))}
            fault={form.fault("role")}
          />
          <SelectField label="Ends after" value={days} onPick={setDays} options={EXPIRIES} />
        </div>
        <p class="small faint">
          {chosen?.title}: {chosen?.may}.
        </p>
        <FormFault text={form.general} />
        <Button type="submit" look="primary" wide busy={form.busy} icon={canMail && email ? "mail" : "link"}>
          {canMail && email ? "Send invitation" : "Make link"}
        </Button>
        {made && <Made invitation={made} />}
      </form>
    </section>
  );
}
