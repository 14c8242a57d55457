import { api } from "../../api/client";
import type { TeamUsage } from "../../api/types";
import { fullness, QUOTAS, type QuotaName, WARN_FROM } from "../../app/quota";
import { Icon } from "../../ui/icons";
import { Bar } from "../../ui/progress";
import { Failed, Skeleton } from "../../ui/states";
import { useLoaded } from "../../ui/useLoaded";

const ORDER: QuotaName[] = ["images", "bytes", "jobs"];

function Meter({ name, usage }: { name: QuotaName; usage: TeamUsage[QuotaName] }) {
  const { title, figure } = QUOTAS[name];
  const isNear = fullness(usage) >= WARN_FROM;
  return (
    <div class="quota">
      <div class="between">
        <span>{title}</span>
        <span class={isNear ? "num warn" : "num"}>
          {isNear && <Icon name="warn" class="warn" />}
          {figure(usage.used)}
          {usage.limit ? ` of ${figure(usage.limit)}` : ""}
        </span>
      </div>
      {usage.limit ? <Bar value={usage.used} max={usage.limit} label={title} /> : null}
    </div>
  );
}

/** What the team holds and has going on, beside what it may. */
export function UsagePanel({ team }: { team: string }) {
  const { value, error, reload } = useLoaded(`usage-${team}`, (signal) =>
    api.get<TeamUsage>(`teams/${team}/usage/`, { signal }),
  );
  const isLimited = value !== null && ORDER.some((name) => value[name].limit);
  return (
    <section class="panel" aria-labelledby="usage-title">
      <header>
        <h2 id="usage-title">Usage</h2>
      </header>
      <div class="body stack">
        {error ? <Failed error={error} retry={reload} /> : null}
        {!value && !error && <Skeleton width="60%" />}
        {value && ORDER.map((name) => <Meter key={name} name={name} usage={value[name]} />)}
        {isLimited && (
          <p class="dim">What would go beyond a quota is refused. Whoever runs this server sets them.</p>
        )}
      </div>
    </section>
  );
}
