import { useState } from "preact/hooks";
import { api } from "../../api/client";
import type { NewToken, Scope, User } from "../../api/types";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Check, SelectField, TextField } from "../../ui/field";
import { useSubmit } from "../../ui/form";

const SCOPES: { name: Scope; may: string }[] = [
  { name: "read", may: "Look at everything and download" },
  { name: "annotate", may: "Claim images and label them" },
  { name: "ingest", may: "Upload images and import archives" },
  { name: "train", may: "Make snapshots, runs and artifacts" },
  { name: "manage", may: "Make and delete projects and labels, delete images, invite and manage members" },
];

const NEVER = "never";
const ENDS = [
  { value: "30", name: "30 days" },
  { value: "90", name: "90 days" },
  { value: "365", name: "1 year" },
  { value: NEVER, name: "Never" },
];

interface NewTokenDialogProps {
  me: User;
  close: () => void;
  made: (token: NewToken) => void;
}

/** A name, what it may do, when it ends; and the password, as for whatever opens the account. */
export function NewTokenDialog({ me, close, made }: NewTokenDialogProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read"]);
  const [days, setDays] = useState("90");
  const [password, setPassword] = useState("");
  const form = useSubmit(["name", "password"], async () => {
    const expires = days === NEVER ? null : Number(days);
    const wanted = { name: name.trim(), scopes, expires_in_days: expires };
    made(await api.post<NewToken>("auth/token/", { email: me.email, password, ...wanted }));
  });
  const toggle = (scope: Scope, on: boolean) =>
    setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <Dialog
      title="Make token"
      close={close}
      footer={
        <>
          <Button look="quiet" onClick={close}>
            Cancel
          </Button>
          <Button
            look="primary"
            icon="key"
            busy={form.busy}
            disabled={!name.trim() || !password || scopes.length === 0}
            onClick={() => void form.submit()}
          >
            Make token
          </Button>
        </>
      }
    >
      <form class="body stack" onSubmit={form.submit}>
        <TextField
          label="Name"
          value={name}
          onText={setName}
          maxLength={100}
          placeholder="Nightly import"
          fault={form.fault("name")}
        />
        <fieldset class="form-row">
          <legend>It may</legend>
          {SCOPES.map((scope) => (
            <Check
              key={scope.name}
              checked={scopes.includes(scope.name)}
              onCheck={(on) => toggle(scope.name, on)}
            >
              {scope.may} <span class="faint">{scope.name}</span>
            </Check>
          ))}
        </fieldset>
        <SelectField label="Ends after" value={days} onPick={setDays} options={ENDS} />
        <TextField
          label="Your password"
          type="password"
          autocomplete="current-password"
          value={password}
          onText={setPassword}
          fault={form.fault("password")}
        />
        <FormFault text={form.general} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
