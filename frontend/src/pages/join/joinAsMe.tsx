import { api } from "../../api/client";
import type { User } from "../../api/types";
import { navigate } from "../../app/router";
import { loadSession } from "../../app/session";
import { FormFault } from "../../app/shell/gateShell";
import { Button } from "../../ui/button";
import { useSubmit } from "../../ui/form";

export async function accept(body: Record<string, string>): Promise<void> {
  await api.post("invitations/accept/", body);
  await loadSession();
  navigate("/", { replace: true });
}

export function JoinAsMe({ token, me }: { token: string; me: User }) {
  const form = useSubmit([], () => accept({ token }));
  return (
    <form onSubmit={form.submit}>
      <FormFault text={form.general} />
      <Button type="submit" look="primary" size="lg" busy={form.busy}>
        {form.busy ? "Joining" : `Join as ${me.name}`}
      </Button>
    </form>
  );
}
