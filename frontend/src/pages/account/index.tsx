import "./account.css";
import { useState } from "preact/hooks";
import { AuditRows } from "../../app/auditRows";
import { user } from "../../app/session";
import { HomeShell } from "../../app/shell/homeShell";
import { useTitle } from "../../app/title";
import { NamePanel } from "./namePanel";
import { PasswordPanel } from "./passwordPanel";
import { SessionsPanel } from "./sessionsPanel";
import { TeamsPanel } from "./teamsPanel";
import { TokenPanel } from "./tokenPanel";

export default function Account() {
  useTitle("Account");
  const [changes, setChanges] = useState(0);
  const me = user.value;
  if (!me) return null;
  return (
    <HomeShell tab="account">
      <main class="page" id="content">
        <div class="account">
          <h1>Account</h1>
          <NamePanel me={me} />
          <TeamsPanel me={me} />
          <PasswordPanel onChanged={() => setChanges(changes + 1)} />
          <SessionsPanel key={`sessions ${changes}`} />
          <TokenPanel key={`tokens ${changes}`} me={me} />
          <section class="panel" aria-labelledby="activity-title">
            <header>
              <h2 id="activity-title">Activity</h2>
            </header>
            <AuditRows key={`activity ${changes}`} path="me/audit/" own />
          </section>
        </div>
      </main>
    </HomeShell>
  );
}
