import cell from "./notebook.py?raw";

export interface NotebookLink {
  /** Fetches the zip without a login. */
  readonly url: string;
  /** ISO 8601. */
  readonly expires: string;
}

/** Python for a notebook: fetches the link, goes on after a break, unpacks into `name`. */
export function notebookCell({ url, expires }: NotebookLink, name: string): string {
  const values: Record<string, string> = { "{link}": url, "{expires}": expires.slice(0, 16), "{name}": name };
  return cell.replace(/\{(link|expires|name)\}/g, (place) => values[place] ?? place);
}

/** The link as this browser reaches the server, whose own idea of its address may be another behind a proxy. */
export function linkHere(url: string, origin: string): string {
  const { pathname, search } = new URL(url);
  return `${origin}${pathname}${search}`;
}
