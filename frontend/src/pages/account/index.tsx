import "./account.css";
import { user } from "../../app/session";
import { HomeShell } from "../../app/shell/homeShell";
import { useTitle } from "../../app/title";
import { NamePanel } from "./namePanel";
import { PasswordPanel } from "./passwordPanel";
import { TeamsPanel } from "./teamsPanel";
import { TokenPanel } from "./tokenPanel";

export default function Account() {
  useTitle("Account");
  const me = user.value;
  if (!me) return null;
  return (
    <HomeShell tab="account">
      <main class="page" id="content">
        <div class="account">
          <h1>Account</h1>
          <NamePanel me={me} />
          <TeamsPanel me={me} />
          <PasswordPanel />
          <TokenPanel me={me} />
        </div>
      </main>
    </HomeShell>
  );
}
