import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** What the page is called now; announced to screen readers when it changes. */
export const pageTitle = signal("");

/** The window's title: "Images · Reserve watch · Boxwright". */
export function useTitle(...parts: string[]): void {
  const title = [...parts.filter(Boolean), "Boxwright"].join(" · ");
  useEffect(() => {
    document.title = title;
    pageTitle.value = title;
  }, [title]);
}
