import { HELP } from "../../annotator/core/keymap";
import { Dialog } from "../../ui/dialog";
import { Choice } from "./choice";
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
          <Choice of={letters} id="letters">
            Letters and digits work without Ctrl
          </Choice>
          <Choice of={keepsView} id="keeps-view">
            Keep zoom and place between images of the same size
          </Choice>
        </div>
      </div>
    </Dialog>
  );
}
