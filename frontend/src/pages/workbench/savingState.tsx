import { useComputed } from "@preact/signals";
import type { Saver } from "../../annotator/saving/saver";
import { savingStatus } from "../../annotator/saving/savingSession";
import { type SavingTone, spoken, wording } from "../../annotator/saving/savingStatus";
import { Icon, type IconName } from "../../ui/icons";
import { Spinner } from "../../ui/progress";

/** What is under way spins. */
const ICONS: Record<SavingTone, IconName | null> = {
  good: "check",
  warn: "cloudoff",
  bad: "warn",
  busy: null,
};
const LOOKS: Record<SavingTone, string> = { good: "save", warn: "save off", bad: "save lost", busy: "save" };

/** There is no Save button: this says where saving stands. Pressed, it tries now. */
export function SavingState({ saver }: { saver: Saver }) {
  const { text, tone } = wording(savingStatus.value);
  const [, said, where] = /^(.*?)(?: (kept on this device))?$/.exec(text) ?? [];
  const isConflict = savingStatus.value.conflicts > 0 && tone === "warn";
  const icon = isConflict ? "warn" : ICONS[tone];
  return (
    <button
      type="button"
      class={LOOKS[tone]}
      data-testid="saving-state"
      data-tone={tone}
      data-pending={savingStatus.value.pending}
      title={tone === "good" ? "Every change is on the server" : "Try now"}
      onClick={() => saver.hurry()}
    >
      {icon ? <Icon name={icon} class={tone === "good" ? "good" : ""} /> : <Spinner />}
      <span>
        {said}
        {where && <span class="desk-only"> {where}</span>}
      </span>
    </button>
  );
}

export function SavingVoice() {
  const text = useComputed(() => spoken(savingStatus.value));
  return (
    <span class="vh" role="status" aria-live="polite" data-testid="saving-voice">
      {text.value}
    </span>
  );
}
