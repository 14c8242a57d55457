import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/client";
import { sentence } from "../../api/errors";
import { Button } from "../../ui/button";
import { toast } from "../../ui/toast";
import { linkHere, type NotebookLink, notebookCell } from "./notebookCell";

interface NotebookPanelProps {
  /** The download's address in the API. */
  at: string;
  images: boolean;
  name: string;
}

/** Python that fetches the download without a login. Each click makes a link of its own. */
export function NotebookPanel({ at, images, name }: NotebookPanelProps) {
  const [link, setLink] = useState<NotebookLink | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const shown = useRef<HTMLPreElement>(null);
  useEffect(() => setLink(null), [at, images]);
  const make = () => {
    setBusy(true);
    setFault("");
    api
      .get<NotebookLink>(at, { query: { link: 1, images: images ? undefined : false } })
      .then(
        ({ url, expires }) => setLink({ url: linkHere(url, location.origin), expires }),
        (error) => setFault(sentence(error)),
      )
      .finally(() => setBusy(false));
  };
  const cell = link && notebookCell(link, name);
  // The button that had the focus is gone.
  useEffect(() => shown.current?.focus(), [cell]);
  return (
    <section class="notebook" aria-label="Notebook">
      {cell === null ? (
        <p class="row">
          <span class="grow dim">Python that fetches it into Colab or Jupyter, without a login.</span>
          <Button busy={isBusy} onClick={make} data-testid="notebook-make">
            Notebook
          </Button>
        </p>
      ) : (
        <>
          <p class="row">
            <span class="grow dim small">
              Whoever has this link can fetch the zip until {endOf(link?.expires)}.
            </span>
            <CopyButton text={cell} />
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
          <pre class="mono cell" ref={shown} tabIndex={0} data-testid="notebook-cell">
            {cell}
          </pre>
        </>
      )}
      {fault && (
        <p class="bad" role="alert">
          {fault}
        </p>
      )}
    </section>
  );
}

function CopyButton({ text }: { text: string }) {
  const copy = () => {
    const refused = () => toast({ text: "The browser did not allow to copy. Select the text.", bad: true });
    if (!navigator.clipboard) return refused();
    navigator.clipboard.writeText(text).then(() => toast("Copied"), refused);
  };
  return (
    <Button icon="copy" onClick={copy} data-testid="notebook-copy">
      Copy
    </Button>
  );
}

function endOf(expires = ""): string {
  return new Date(expires).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
