import { useState } from "preact/hooks";
import { api } from "../api/client";
import { Button } from "../ui/button";
import { toastError } from "../ui/toast";

interface CancelButtonProps<Job> {
  /** The job's address: `imports/7`. */
  at: string;
  /** The job in a word: "run". */
  name: string;
  size?: "sm" | "md";
  onCanceled: (job: Job) => void;
}

/** Cancels a job of any kind; where it has ended meanwhile, says how. */
export function CancelButton<Job>({ at, name, size = "md", onCanceled }: CancelButtonProps<Job>) {
  const [isBusy, setBusy] = useState(false);
  const cancel = () => {
    setBusy(true);
    api
      .post<Job>(`${at}/cancel/`)
      .then(onCanceled, toastError)
      .finally(() => setBusy(false));
  };
  return (
    <Button look="danger" size={size} busy={isBusy} onClick={cancel} data-testid={`cancel-${name}`}>
      {isBusy ? "Canceling" : `Cancel ${name}`}
    </Button>
  );
}
