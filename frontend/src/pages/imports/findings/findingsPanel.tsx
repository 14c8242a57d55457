import { useState } from "preact/hooks";
import { apiUrl } from "../../../api/client";
import type { Import } from "../../../api/types";
import { isWorking } from "../../../app/importState";
import { ButtonLink } from "../../../ui/button";
import { count } from "../../../ui/figures";
import { Icon } from "../../../ui/icons";
import { RuleFindings } from "./ruleFindings";
import { LOOKS, type RuleCount, severityText, worstFirst } from "./severities";

/** What the import noticed, by the rule that each finding follows; a rule opens to its places. */
export function FindingsPanel({ from }: { from: Import }) {
  return (
    <section class="panel" aria-label="Findings">
      <header class="wraps">
        <h2>Findings</h2>
        <span class="small faint grow">{severityText(from.rules)}</span>
        {from.rules.length > 0 && !isWorking(from) && (
          <ButtonLink
            look="quiet"
            size="sm"
            icon="download"
            href={apiUrl(`imports/${from.id}/findings/csv/`)}
            download
          >
            CSV
          </ButtonLink>
        )}
      </header>
      {from.rules.length === 0 ? (
        <p class="body dim">Nothing to remark.</p>
      ) : (
        <ul class="rules">
          {worstFirst(from.rules).map((rule) => (
            <RuleRow key={rule.rule} id={from.id} rule={rule} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** What was opened stays open when the import goes on to its next stage, which has another page. */
const opened = new Set<string>();

function RuleRow({ id, rule }: { id: number; rule: RuleCount }) {
  const key = `${id} ${rule.rule}`;
  const [isOpen, setOpen] = useState(opened.has(key));
  const look = LOOKS[rule.severity];
  // At the click, for the browser's own "toggle" comes later: perhaps to a page that is gone.
  const toggled = (event: Event) => {
    event.preventDefault();
    setOpen(!isOpen);
    if (isOpen) opened.delete(key);
    else opened.add(key);
  };
  return (
    <li>
      <details class="rule" open={isOpen}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is a button, also for keys */}
        <summary onClick={toggled}>
          <Icon name={look.icon} class={look.tone} />
          <span class="vh">{look.word}: </span>
          <span class="grow">{rule.title}</span>
          <b>{count(rule.count)}</b>
          <Icon name="down" class="turns faint" />
        </summary>
        {isOpen && <RuleFindings key={rule.count} id={id} rule={rule} />}
      </details>
    </li>
  );
}
