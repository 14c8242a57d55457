import type { ComponentChildren } from "preact";
import type { Status } from "../api/types";
import { Icon, type IconName } from "./icons";
import { Spinner } from "./progress";

export type Tone = "neutral" | "info" | "good" | "warn" | "bad";

export function Badge({
  tone = "neutral",
  icon,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge ${tone === "neutral" ? "" : tone}`}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

const STATUS: Record<Status, { tone: Tone; icon?: IconName; word: string }> = {
  queued: { tone: "neutral", icon: "clock", word: "Queued" },
  running: { tone: "info", word: "Running" },
  waiting: { tone: "warn", icon: "eye", word: "Waits for you" },
  succeeded: { tone: "good", icon: "check", word: "Succeeded" },
  failed: { tone: "bad", icon: "x", word: "Failed" },
  canceled: { tone: "neutral", icon: "stop", word: "Canceled" },
};

export function StatusBadge({ status }: { status: Status }) {
  const { tone, icon, word } = STATUS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {status === "running" && <Spinner />}
      {word}
    </Badge>
  );
}
