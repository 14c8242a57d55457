import type { JSX } from "preact";
import { useRef } from "preact/hooks";

/** The browser's own dialog for files: `choose` opens it, `input` stands somewhere on the page. */
export function useFileChooser(take: (files: File[]) => void): { choose: () => void; input: JSX.Element } {
  const chooser = useRef<HTMLInputElement>(null);
  const input = (
    <input
      ref={chooser}
      type="file"
      multiple
      accept="image/jpeg,image/png,image/webp,image/bmp,.zip"
      class="vh"
      tabIndex={-1}
      aria-label="Images to upload"
      onChange={(event) => {
        take([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = "";
      }}
    />
  );
  return { choose: () => chooser.current?.click(), input };
}
