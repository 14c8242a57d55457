import { signal } from "@preact/signals";

export type Theme = "light" | "dark";
const KEY = "boxwright.theme";

function chosen(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null; // storage is off: follow the system
  }
}

export const theme = signal<Theme>("light");

function apply(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset.theme = next;
}

/** The chosen theme, else the system's, also when the system changes. */
export function startTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => apply(chosen() ?? (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", follow);
  follow();
}

export function toggleTheme(): void {
  const next = theme.value === "dark" ? "light" : "dark";
  apply(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // storage is off: the choice lasts until the page closes
  }
}
