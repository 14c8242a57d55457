import { useState } from "preact/hooks";
import type { Run } from "../../api/types";
import { Button } from "../../ui/button";
import { toastError } from "../../ui/toast";
import { continueRun } from "./actions";

/** A short run from this one's checkpoint that learns what is new to it, beside some of what it knows. */
export function ContinueButton({ run, onStarted }: { run: Run; onStarted: (run: Run) => void }) {
  const [isBusy, setBusy] = useState(false);
  const go = () => {
    setBusy(true);
    continueRun(run)
      .then(onStarted, toastError)
      .finally(() => setBusy(false));
  };
  return (
    <Button
      icon="plus"
      busy={isBusy}
      onClick={go}
      data-testid="continue-run"
      title="New snapshot; learns new and changed images beside as many old ones, in fewer epochs"
    >
      {isBusy ? "Starting" : "Continue with what is new"}
    </Button>
  );
}
