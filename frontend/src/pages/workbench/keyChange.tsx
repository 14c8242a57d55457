/** Asks for a command's new key, and what to do about the command that has it. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ownerOf, rebound, shownKey, whyNot } from "../../annotator/core/bindings";
import { isModifier, keyName, pressOf } from "../../annotator/core/keyNames";
import { SHORTCUTS, type ShortcutId } from "../../annotator/core/shortcuts";
import { changedKeys, setKeys } from "../../app/keys";
import { Button } from "../../ui/button";

/** One of a command's keys. */
interface Slot {
  readonly id: ShortcutId;
  readonly at: number;
}

/** `key` was pressed and belongs to `owner`: the person decides. */
type Question = Slot & ({ readonly key: null } | { readonly key: string; readonly owner: ShortcutId });

export function useKeyChange() {
  // signals, not state: the next key may be pressed before the page is drawn again
  const asked = useSignal<Question | null>(null);
  const said = useSignal("");
  const button = useRef<HTMLElement | null>(null);
  const end = (words: string): void => {
    asked.value = null;
    said.value = words;
    button.current?.focus();
  };
  const give = ({ id, at }: Slot, key: string): void => {
    setKeys(rebound(changedKeys.peek(), id, at, key));
    end(`${SHORTCUTS[id].does}: ${shownKey(key)}`);
  };
  const take = (slot: Slot, key: string): void => {
    const reason = whyNot(key);
    const owner = ownerOf(key, changedKeys.peek());
    if (reason) said.value = reason;
    else if (owner === null || owner === slot.id) give(slot, key);
    else asked.value = { ...slot, key, owner };
  };
  return {
    asked,
    said,
    ask(slot: Slot, from: HTMLElement): void {
      button.current = from;
      asked.value = { ...slot, key: null };
      said.value = "";
    },
    /** Of the button that asks. */
    press(event: KeyboardEvent): void {
      const now = asked.peek();
      if (!now || now.key !== null || event.key === "Tab") return;
      event.preventDefault();
      event.stopPropagation();
      if (isModifier(event.key) || event.repeat) return;
      if (event.key === "Escape") end("");
      else take(now, keyName(pressOf(event)));
    },
    leave: (): void => {
      if (asked.peek()?.key === null) asked.value = null;
    },
    swap: (): void => {
      const now = asked.peek();
      if (now?.key) give(now, now.key);
    },
    keep: (): void => end(""),
  };
}

export type KeyChange = ReturnType<typeof useKeyChange>;

/** In the dialog's foot: what is asked, or what was done. */
export function KeyChangeBar({ change }: { change: KeyChange }) {
  const asked = change.asked.value;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !asked) return;
    event.stopPropagation();
    change.keep();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape answers the question, and leaves the dialog open
    <div class="key-change row grow" data-testid="key-change" onKeyDown={onKeyDown}>
      <span class="grow" role="status">
        {asked?.key
          ? `${shownKey(asked.key)} is “${SHORTCUTS[asked.owner].does}”.`
          : change.said.value || (asked ? "Press the new key. Esc leaves it as it is." : "")}
      </span>
      {asked?.key && (
        <>
          <Button look="quiet" onClick={change.keep}>
            Keep
          </Button>
          <SwapButton swap={change.swap} />
        </>
      )}
    </div>
  );
}

/** Has the focus once it is there: Enter swaps, Escape keeps. */
function SwapButton({ swap }: { swap: () => void }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => place.current?.querySelector("button")?.focus(), []);
  return (
    <span ref={place}>
      <Button onClick={swap} data-testid="swap-keys">
        Swap keys
      </Button>
    </span>
  );
}
