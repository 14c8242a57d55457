import type { ShortcutId } from "../annotator/core/shortcuts";
import { keyOf } from "./keys";

/** A command's key, on its button. */
export function KeyHint({ of }: { of: ShortcutId }) {
  const key = keyOf(of);
  return key ? <kbd>{key}</kbd> : null;
}
