/** One line above the stage. */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../ui/icons";

interface NoticeProps {
  readonly tone: "info" | "warn" | "bad";
  readonly icon: IconName;
  readonly id: string;
  readonly children: ComponentChildren;
}

export function Notice({ tone, icon, id, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={tone === "info" ? "status" : "alert"} data-testid={id}>
      <Icon name={icon} />
      {children}
    </div>
  );
}
