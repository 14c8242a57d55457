import type { Signal } from "@preact/signals";
import { HELP } from "../../annotator/core/keymap";
import { Dialog } from "../../ui/dialog";
import { keepsView, letters } from "./preferences";

function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span class="row keys-of">
      {keys.map((key) =>
        key === "to" ? (
          <i key={key} class="faint">
            to
          </i>
        ) : (
          <kbd key={key}>{key}</kbd>
        ),
      )}
    </span>
  );
}

function Choice({ of, children }: { of: Signal<boolean>; children: string }) {
  return (
    <label class="checkline">
      <input
        type="checkbox"
        checked={of.value}
        onChange={(event) => {
          of.value = event.currentTarget.checked;
        }}
      />
      <span>{children}</span>
    </label>
  );
}

export function Help({ close }: { close: () => void }) {
  return (
    <Dialog title="Shortcuts" close={close} wide>
      <div class="body" data-testid="help">
        <div class="keys">
          {HELP.map(({ title, rows }) => (
            <section key={title}>
              <h3>{title}</h3>
              {rows.map(({ does, keys }) => (
                <p key={does}>
                  <span class="grow">{does}</span>
                  <Keys keys={keys} />
                </p>
              ))}
            </section>
          ))}
        </div>
        <div class="keys-switch">
          <Choice of={letters}>Letters and digits work without Ctrl</Choice>
          <Choice of={keepsView}>Keep zoom and place between images of the same size</Choice>
        </div>
      </div>
    </Dialog>
  );
}
