import { useEffect } from "preact/hooks";

/** The window's title: "Images · Reserve watch · Boxwright". */
export function useTitle(...parts: string[]): void {
  const title = [...parts.filter(Boolean), "Boxwright"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
