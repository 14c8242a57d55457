import { useRef, useState } from "preact/hooks";
import { IconButton } from "./button";

/** Text to take along: a click selects it, the button copies it. */
export function CopyField({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      document.execCommand("copy"); // the clipboard API needs https or localhost
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <span class="field copy">
      <input
        ref={field}
        class="mono"
        readOnly
        value={text}
        aria-label={label}
        onFocus={(event) => event.currentTarget.select()}
      />
      <IconButton
        size="sm"
        icon={copied ? "check" : "copy"}
        label={copied ? "Copied" : `Copy ${label.toLowerCase()}`}
        onClick={copy}
      />
      <span class="vh" role="status">
        {copied ? "Copied" : ""}
      </span>
    </span>
  );
}
