import type { TeamUsage } from "../api/types";
import { bytes, count } from "../ui/figures";

/** Told from here on: early enough to ask for more room before work is refused. */
export const WARN_FROM = 0.8;

export type QuotaName = keyof TeamUsage;

interface Words {
  title: string;
  figure: (value: number) => string;
}

export const QUOTAS: Record<QuotaName, Words> = {
  images: { title: "Images", figure: count },
  bytes: { title: "Storage", figure: bytes },
  jobs: { title: "Queued or running", figure: count },
};

/** From 0 (empty) to 1 (full) and beyond; 0 without a quota. */
export function fullness({ used, limit }: TeamUsage[QuotaName]): number {
  return limit ? used / limit : 0;
}

/** "Storage: 812 MB of 1.0 GB, 188 MB left" for each of these that is nearly full or full. */
export function warnings(usage: TeamUsage, names: readonly QuotaName[]): string[] {
  return names
    .filter((name) => fullness(usage[name]) >= WARN_FROM)
    .map((name) => {
      const { used, limit } = usage[name];
      const { title, figure } = QUOTAS[name];
      const left = Math.max(0, (limit ?? 0) - used);
      return `${title}: ${figure(used)} of ${figure(limit ?? 0)}, ${left ? `${figure(left)} left` : "full"}`;
    });
}
