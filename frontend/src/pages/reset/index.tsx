import { useLinkSecret } from "../../app/linkSecret";
import { session } from "../../app/session";
import { GateShell } from "../../app/shell/gateShell";
import { useTitle } from "../../app/title";
import { ButtonLink } from "../../ui/button";
import { AskForLink } from "./askForLink";
import { NewPassword } from "./newPassword";

/** A forgotten password: without a link one asks for it, with one a new password is set. */
export default function Reset() {
  useTitle("New password");
  const token = useLinkSecret();
  if (token) return <NewPassword token={token} />;
  if (session.value?.mail) return <AskForLink />;
  return (
    <GateShell title="Forgot your password?" lead="This server sends no mail.">
      <p class="dim">
        Ask whoever runs it for a link; they make one with <span class="mono">manage.py resetpassword</span>{" "}
        and your email.
      </p>
      <div>
        <ButtonLink href="/">Back to sign in</ButtonLink>
      </div>
    </GateShell>
  );
}
