import { computed, signal } from "@preact/signals";

interface Place {
  path: string;
  search: string;
}

function here(): Place {
  return { path: location.pathname, search: location.search };
}

const place = signal<Place>(typeof location === "undefined" ? { path: "/", search: "" } : here());

/** The current path, without query. */
export const path = computed(() => place.value.path);
/** The current query. */
export const query = computed(() => new URLSearchParams(place.value.search));

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const samePath = new URL(to, location.href).pathname === location.pathname;
  if (options.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  place.value = here();
  if (!samePath) window.scrollTo(0, 0);
}

/** Change some of the query's values; null removes one. */
export function setQuery(values: Record<string, string | null>, options: { replace?: boolean } = {}): void {
  const next = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const search = next.toString();
  navigate(location.pathname + (search ? `?${search}` : ""), options);
}

function isPlainClick(event: MouseEvent): boolean {
  return (
    event.button === 0 &&
    !event.defaultPrevented &&
    !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  );
}

/** Ordinary `<a href>` within the product become navigations without a reload. */
export function startRouter(): void {
  addEventListener("popstate", () => {
    place.value = here();
  });
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
    if (!link || !isPlainClick(event) || link.target || link.hasAttribute("download")) return;
    if (link.hash && link.pathname === location.pathname) return;
    if (link.origin !== location.origin || /^\/(api|admin|static|assets)\//.test(link.pathname)) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  });
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null; // a stray percent sign: no such page
  }
}

/** `/p/:slug/runs/:number?` against a path: the parameters, or null. */
export function match(pattern: string, actual: string): Record<string, string> | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = actual.split("/").filter(Boolean);
  if (given.length > wanted.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index];
    if (value === undefined) {
      if (part.endsWith("?")) continue;
      return null;
    }
    if (part.startsWith(":")) {
      const decoded = decode(value);
      if (decoded === null) return null;
      parameters[part.replace(/[:?]/g, "")] = decoded;
    } else if (part !== value) return null;
  }
  return parameters;
}
