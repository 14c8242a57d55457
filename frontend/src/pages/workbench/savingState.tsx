import { useComputed } from "@preact/signals";
import type { Saver } from "../../annotator/saving/saver";
import { savingStatus } from "../../annotator/saving/savingSession";
import { type Tone, wording } from "../../annotator/saving/savingStatus";
import { Icon, type IconName } from "../../ui/icons";
import { Spinner } from "../../ui/progress";

const ICONS: Record<Exclude<Tone, "busy">, IconName> = { good: "check", warn: "cloudoff", bad: "warn" };

/** There is no Save button: this says where saving stands. Pressed, it tries now. */
export function SavingState({ saver }: { saver: Saver }) {
  const { text, tone } = wording(savingStatus.value);
  const icon =
    savingStatus.value.conflicts > 0 && tone === "warn" ? "warn" : tone === "busy" ? null : ICONS[tone];
  return (
    <button
      type="button"
      class={`save ${tone === "warn" ? "off" : tone === "bad" ? "lost" : ""}`}
      data-testid="saving-state"
      data-tone={tone}
      data-pending={savingStatus.value.pending}
      title={tone === "good" ? "Every change is on the server" : "Try now"}
      onClick={() => saver.hurry()}
    >
      {icon ? <Icon name={icon} class={tone === "good" ? "good" : ""} /> : <Spinner />}
      <span>{text}</span>
    </button>
  );
}

/** For screen readers: the end of saving and its troubles, not every step on the way. */
export function SavingVoice() {
  const text = useComputed(() => {
    const now = wording(savingStatus.value);
    return now.tone === "busy" ? "" : now.text;
  });
  return (
    <span class="vh" role="status" aria-live="polite" data-testid="saving-voice">
      {text.value}
    </span>
  );
}
