// Numbers and times for people. One locale (the UI is English), so that the same page reads the same everywhere.

const GROUPED = new Intl.NumberFormat("en-US");

export function count(value: number): string {
  return GROUPED.format(value);
}

/** "1 image", "132 images". */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** "812 B", "3.4 MB". */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let rest = value;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[unit]}`;
}

/** "8 s", "1 min 48 s", "2 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600)
    return whole % 60 && whole < 600
      ? `${Math.floor(whole / 60)} min ${whole % 60} s`
      : `${Math.round(whole / 60)} min`;
  const minutes = Math.round(whole / 60);
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

const STEPS: [limit: number, seconds: number, word: string][] = [
  [3600, 60, "minute"],
  [86400, 3600, "hour"],
  [86400 * 14, 86400, "day"],
];

/** "just now", "5 minutes ago", "3 Nov 2026". */
export function ago(iso: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < 60) return "just now";
  for (const [limit, size, word] of STEPS) {
    if (seconds < limit) return `${counted(Math.floor(seconds / size), word)} ago`;
  }
  return day(iso);
}

/** "in 6 days", "in 3 hours"; "expired" once past. */
export function until(iso: string, now: number = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (seconds <= 0) return "expired";
  if (seconds < 3600) return `in ${counted(Math.max(1, Math.round(seconds / 60)), "minute")}`;
  if (seconds < 86400 * 2) return `in ${counted(Math.round(seconds / 3600), "hour")}`;
  return `in ${counted(Math.round(seconds / 86400), "day")}`;
}

export function day(iso: string): string {
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** "0.612"; a dash where the figure is undefined. */
export function fraction(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? "–" : value.toFixed(digits);
}

export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${(value * 100).toFixed(1)} %`;
}

/** "9f2c·41d7·b08e": enough of a hash to compare by eye. */
export function shortHash(sha256: string): string {
  return [0, 4, 8].map((at) => sha256.slice(at, at + 4)).join("·");
}
