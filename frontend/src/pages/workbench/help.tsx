import { keysOf, shownKey } from "../../annotator/core/bindings";
import { type FixedKeys, SHORTCUTS, type ShortcutId, TASKS } from "../../annotator/core/shortcuts";
import { changedKeys, letters, setKeys } from "../../app/keys";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Choice } from "./choice";
import { type KeyChange, KeyChangeBar, useKeyChange } from "./keyChange";
import { keepsView } from "./preferences";

function Fixed({ does, keys }: FixedKeys) {
  return (
    <p>
      <span class="grow">{does}</span>
      <span class="row keys-of">
        {keys.map((key, at) =>
          key === "to" ? (
            <i key={at} class="faint">
              to
            </i>
          ) : (
            <kbd key={at}>{key}</kbd>
          ),
        )}
      </span>
    </p>
  );
}

/** A command with its keys: each is a button that asks for another one. */
function Changeable({ id, change }: { id: ShortcutId; change: KeyChange }) {
  const keys = keysOf(id, changedKeys.value);
  const { does } = SHORTCUTS[id];
  const asked = change.asked.value;
  return (
    <p data-testid="shortcut" data-id={id}>
      <span class="grow">{does}</span>
      <span class="row keys-of">
        {(keys.length > 0 ? keys : [""]).map((key, at) => {
          const isAsked = asked?.id === id && asked.at === at;
          return (
            <button
              key={at}
              type="button"
              class={`key-button ${isAsked ? "asked" : ""} ${changedKeys.value[id] ? "changed" : ""}`}
              aria-label={`${does}: ${shownKey(key) || "no key"}. Change`}
              title="Change this key"
              onClick={(event) => change.ask({ id, at }, event.currentTarget)}
              onKeyDown={change.press}
              onBlur={change.leave}
            >
              <kbd>{isAsked ? "…" : shownKey(key) || "–"}</kbd>
            </button>
          );
        })}
      </span>
    </p>
  );
}

/** All keys by task; whoever reads them may change them. */
export default function Help({ close }: { close: () => void }) {
  const change = useKeyChange();
  const isChanged = Object.keys(changedKeys.value).length > 0;
  return (
    <Dialog
      title="Shortcuts"
      close={close}
      wide
      footer={
        <>
          <KeyChangeBar change={change} />
          <Button look="quiet" disabled={!isChanged} onClick={() => setKeys({})} data-testid="reset-keys">
            Reset keys
          </Button>
        </>
      }
    >
      <div class="body" data-testid="help">
        <div class="keys-switch">
          <p class="dim">Click a key to change it, for you on this device.</p>
          <Choice of={letters} id="letters">
            Letters and digits work without Ctrl
          </Choice>
          <Choice of={keepsView} id="keeps-view">
            Keep zoom and place between images of the same size
          </Choice>
        </div>
        <div class="keys">
          {TASKS.map(({ title, shortcuts, fixed }) => (
            <section key={title}>
              <h3>{title}</h3>
              {(Object.keys(shortcuts) as ShortcutId[]).map((id) => (
                <Changeable key={id} id={id} change={change} />
              ))}
              {fixed.map((one) => (
                <Fixed key={one.does} {...one} />
              ))}
            </section>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
