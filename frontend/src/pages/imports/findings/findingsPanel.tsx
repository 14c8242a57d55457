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

function RuleRow({ id, rule }: { id: number; rule: RuleCount }) {
  const [isOpen, setOpen] = useState(false);
  const look = LOOKS[rule.severity];
  return (
    <li>
      <details class="rule" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
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
