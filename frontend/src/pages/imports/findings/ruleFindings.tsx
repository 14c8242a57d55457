import { useEffect, useState } from "preact/hooks";
import { api } from "../../../api/client";
import { sentence } from "../../../api/errors";
import type { Finding, Page } from "../../../api/types";
import { Button } from "../../../ui/button";
import { count } from "../../../ui/figures";
import { Skeleton } from "../../../ui/states";
import type { RuleCount } from "./severities";

const PAGE = 20;

interface Pages {
  rows: Finding[];
  /** Of the page to come; null at the end. */
  next: string | null;
  busy: boolean;
  fault: string;
  more: () => void;
}

/** The findings of one rule in the order of the archive; the first page comes by itself. */
function usePages(first: string): Pages {
  const [rows, setRows] = useState<Finding[]>([]);
  const [next, setNext] = useState<string | null>(first);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const more = async () => {
    if (!next || busy) return;
    setBusy(true);
    setFault("");
    try {
      const page = await api.get<Page<Finding>>(next);
      setRows((old) => [...old, ...page.results]);
      setNext(page.next);
    } catch (thrown) {
      setFault(sentence(thrown));
    }
    setBusy(false);
  };
  useEffect(() => void more(), []);
  return { rows, next, busy, fault, more: () => void more() };
}

export function RuleFindings({ id, rule }: { id: number; rule: RuleCount }) {
  const query = new URLSearchParams({ rule: rule.rule, limit: String(PAGE) });
  const { rows, next, busy, fault, more } = usePages(`imports/${id}/findings/?${query}`);
  const isFirst = rows.length === 0;
  const missing = rule.count - rows.length;
  return (
    <div class="rule-findings">
      {isFirst && !fault && <Skeleton width="60%" />}
      <ul>
        {rows.map((row, place) => (
          <li key={place}>
            <div>{row.reason}</div>
            <Place finding={row} />
          </li>
        ))}
      </ul>
      {fault && (
        <p class="bad" role="alert">
          {fault}
        </p>
      )}
      {next && (!isFirst || fault) && (
        <p class="row">
          <Button size="sm" busy={busy} onClick={more}>
            {fault ? "Try again" : "Show more"}
          </Button>
          {!isFirst && (
            <span class="faint">
              {count(rows.length)} of {count(rule.count)}
            </span>
          )}
        </p>
      )}
      {!next && !isFirst && missing > 0 && <p class="faint">{count(missing)} more were counted, not kept.</p>}
    </div>
  );
}

function Place({ finding: { file, line } }: { finding: Finding }) {
  if (!file) return null;
  return <div class="mono faint anywhere">{line ? `${file}:${line}` : file}</div>;
}
