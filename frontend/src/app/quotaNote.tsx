import { api } from "../api/client";
import type { TeamUsage } from "../api/types";
import { Icon } from "../ui/icons";
import { useLoaded } from "../ui/useLoaded";
import { type QuotaName, warnings } from "./quota";

interface QuotaNoteProps {
  team: string;
  names: readonly QuotaName[];
  /** Loads again when this changes: something has come in. */
  since?: number;
}

/** What is nearly full in the team, before it refuses something. Nothing where there is room. */
export function QuotaNote({ team, names, since = 0 }: QuotaNoteProps) {
  const usage = useLoaded(`usage-${team}-${since}`, (signal) =>
    api.get<TeamUsage>(`teams/${team}/usage/`, { signal }),
  );
  const texts = usage.value ? warnings(usage.value, names) : [];
  if (texts.length === 0) return null;
  return (
    <p class="quota-note" role="status">
      <Icon name="warn" class="warn" />
      <span>{texts.join(". ")}</span>
    </p>
  );
}
