import type { Evaluation } from "../../../api/types";
import { Icon } from "../../../ui/icons";

/** Why a run that succeeded found next to nothing, and what to try. */
export function DiagnosesPanel({ diagnoses }: { diagnoses: Evaluation["diagnoses"] }) {
  if (!diagnoses || diagnoses.length === 0) return null;
  return (
    <section class="panel outcome bad" role="alert" data-testid="run-diagnoses">
      <Icon name="warn" />
      <div class="grow">
        <h2>This model finds next to nothing</h2>
        {diagnoses.map((diagnosis) => (
          <p key={diagnosis.code}>{diagnosis.detail}</p>
        ))}
      </div>
    </section>
  );
}
