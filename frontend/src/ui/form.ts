import { useState } from "preact/hooks";
import { ApiError, sentence } from "../api/errors";

export interface Submit {
  busy: boolean;
  /** Runs once at a time; prevents the form's own navigation. */
  submit: (event?: Event) => Promise<void>;
  /** What the server said about one field. */
  fault: (field: string) => string | undefined;
  /** What it said about none of the form's fields. */
  general: string | undefined;
}

/** One form's life: busy while `run` works, then the server's words beside the field they are about. */
export function useSubmit(fields: readonly string[], run: () => Promise<unknown>): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event?: Event) => {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await run();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const fault = (field: string) => (error instanceof ApiError ? error.field(field) : undefined);
  const general = error && !fields.some((field) => fault(field)) ? sentence(error) : undefined;
  return { busy, submit, fault, general };
}
