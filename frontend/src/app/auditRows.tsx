import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import type { AuditEntry, Page } from "../api/types";
import { browserName } from "../ui/browserName";
import { Button } from "../ui/button";
import { ago } from "../ui/figures";
import { Failed } from "../ui/states";

const AT_ONCE = 20;

function sentence(details: AuditEntry["details"]): string {
  return Object.entries(details)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`)
    .join(" · ");
}

function Row({ entry, own }: { entry: AuditEntry; own: boolean }) {
  const more = sentence(entry.details);
  const target = entry.action === "signed in" ? browserName(entry.target) : entry.target;
  return (
    <tr>
      <td class="faint nowrap" title={new Date(entry.at).toLocaleString("en-GB")}>
        {ago(entry.at)}
      </td>
      <td>
        {!own && <b>{entry.actor || "System"}</b>} {entry.action} {target}
        {more && <span class="small faint"> {more}</span>}
      </td>
      <td class="faint mono desk-only-cell">{entry.address ?? ""}</td>
    </tr>
  );
}

/** Who did what, newest first, a page at a time. `own`: the account's log, where the actor is always me. */
export function AuditRows({ path, own = false }: { path: string; own?: boolean }) {
  const [rows, setRows] = useState<AuditEntry[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = async (from: string) => {
    setError(null);
    try {
      const page = await api.get<Page<AuditEntry>>(from, from === path ? { query: { limit: AT_ONCE } } : {});
      setRows((old) => (from === path ? page.results : [...old, ...page.results]));
      setNext(page.next);
    } catch (thrown) {
      setError(thrown);
    }
  };
  useEffect(() => {
    void load(path);
  }, [path]);
  if (error) return <Failed error={error} retry={() => void load(next ?? path)} />;
  return (
    <>
      <table class="tight audit">
        <thead>
          <tr>
            <th>When</th>
            <th>What</th>
            <th class="desk-only-cell">Address</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((entry) => (
            <Row key={entry.id} entry={entry} own={own} />
          ))}
        </tbody>
      </table>
      {next && (
        <div class="body">
          <Button onClick={() => void load(next)}>Show more</Button>
        </div>
      )}
    </>
  );
}
