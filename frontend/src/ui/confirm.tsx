import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { sentence } from "../api/errors";
import { Button } from "./button";
import { Dialog } from "./dialog";

interface ConfirmProps {
  /** The deed, on the title and the button: "Delete 3 images". */
  deed: string;
  /** The safe way out: "Keep". */
  keep?: string;
  children: ComponentChildren;
  run: () => Promise<unknown>;
  close: () => void;
  /** Typing this word allows the deed. */
  word?: string;
}

export function Confirm({ deed, keep = "Keep", children, run, close, word }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const [typed, setTyped] = useState("");
  const go = async () => {
    setBusy(true);
    setFault("");
    try {
      await run();
      close();
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={deed}
      close={close}
      footer={
        <>
          <Button look="quiet" onClick={close}>
            {keep}
          </Button>
          <Button look="danger" busy={busy} disabled={word !== undefined && typed !== word} onClick={go}>
            {deed}
          </Button>
        </>
      }
    >
      <div class="body">
        <div class="dim">{children}</div>
        {word !== undefined && (
          <label class="form-row">
            <span>
              Type <b>{word}</b> to go on
            </span>
            <span class="field">
              <input
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
                autocomplete="off"
              />
            </span>
          </label>
        )}
        {fault && (
          <p class="bad" role="alert">
            {fault}
          </p>
        )}
      </div>
    </Dialog>
  );
}
