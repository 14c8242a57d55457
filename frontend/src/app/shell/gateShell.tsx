import type { ComponentChildren } from "preact";
import { Logo } from "../../ui/logo";
import { ThemeToggle } from "./person";

/** The pages before an account: setup, sign in, join. One narrow column. */
export function GateShell({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <main class="gate" id="content">
      <div class="gate-corner">
        <ThemeToggle />
      </div>
      <div class="gate-column">
        <span class="mark" role="img" aria-label="Boxwright">
          <Logo />
        </span>
        <h1>{title}</h1>
        {lead && <p class="dim">{lead}</p>}
        {children}
      </div>
    </main>
  );
}

/** What the server said about the form as a whole. */
export function FormFault({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <p class="fault-box" role="alert">
      {text}
    </p>
  );
}
