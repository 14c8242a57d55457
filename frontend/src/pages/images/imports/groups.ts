import type { Finding } from "../../../api/types";

/** The same thing noticed in many places. */
export interface FindingGroup {
  severity: Finding["severity"];
  reason: string;
  places: { file: string; line: number | null }[];
}

const RANK: Record<Finding["severity"], number> = { error: 0, warning: 1, info: 2 };

/** One row a reason, what is worst first, then in the order of the files. */
export function grouped(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const { severity, reason, file, line } of findings) {
    const key = `${severity} ${reason}`;
    const group = groups.get(key) ?? { severity, reason, places: [] };
    groups.set(key, group);
    if (file) group.places.push({ file, line });
  }
  return [...groups.values()].sort((one, other) => RANK[one.severity] - RANK[other.severity]);
}

export function placeText({ file, line }: FindingGroup["places"][number]): string {
  return line ? `${file}:${line}` : file;
}
