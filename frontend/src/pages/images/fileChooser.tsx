import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { placedFiles } from "./folders";
import type { PlacedFile } from "./imports/tar";

/** The browser's own dialog for files: `choose` opens it, `input` stands somewhere on the page. */
export function useFileChooser(take: (files: PlacedFile[]) => void): {
  choose: () => void;
  input: JSX.Element;
} {
  const chooser = useRef<HTMLInputElement>(null);
  const input = (
    <input
      ref={chooser}
      type="file"
      multiple
      accept="image/jpeg,image/png,image/webp,image/bmp,.zip,.tar,.gz,.tgz,.json,.jsonl,.csv,.xml"
      class="vh"
      tabIndex={-1}
      aria-label="Images to upload"
      onChange={(event) => {
        take(placedFiles(event.currentTarget.files));
        event.currentTarget.value = "";
      }}
    />
  );
  return { choose: () => chooser.current?.click(), input };
}
