import type { Run } from "../../api/types";
import { differences, trainCommand } from "../../training/expertSettings";
import { useModel } from "../../training/useModels";
import { CopyField } from "../../ui/copyField";

/** What of the run's settings is not the model's default, and the command that does the same. */
export function SettingsPanel({ run }: { run: Run }) {
  const model = useModel(run.model);
  const found = model ? differences(run.config, model.default_config) : [];
  return (
    <section class="panel" aria-label="Settings" data-testid="run-settings">
      <header>
        <h2 class="grow">Settings</h2>
        <span class="small faint">the model's default in brackets</span>
      </header>
      <div class="body stack">
        <p>{found.length > 0 ? found.join(", ") : "All as the model has them."}</p>
        <CopyField text={trainCommand(run.config, run.base_file?.name)} label="Command" />
      </div>
    </section>
  );
}
