import type { Import } from "../../../api/types";
import { counted } from "../../../ui/figures";

type Severity = Import["rules"][number]["severity"];
export type RuleCount = Import["rules"][number];

export const LOOKS = {
  error: { icon: "x", tone: "bad", word: "Error" },
  warning: { icon: "warn", tone: "warn", word: "Warning" },
  info: { icon: "note", tone: "faint", word: "Note" },
} as const;

const ORDER = ["error", "warning", "info"] as const satisfies readonly Severity[];
const WORDS: Record<Severity, string> = { error: "left out", warning: "repaired", info: "note" };

/** What is worst first; of one severity, what is most. */
export function worstFirst(rules: readonly RuleCount[]): RuleCount[] {
  return [...rules].sort(
    (one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity) || other.count - one.count,
  );
}

/** "12 left out, 3 repaired, 1 note"; empty without findings. */
export function severityText(rules: readonly RuleCount[]): string {
  const texts = ORDER.map((severity) => {
    const all = rules.filter((one) => one.severity === severity).reduce((sum, one) => sum + one.count, 0);
    if (all === 0) return "";
    return counted(all, WORDS[severity], severity === "info" ? "notes" : WORDS[severity]);
  });
  return texts.filter(Boolean).join(", ");
}
