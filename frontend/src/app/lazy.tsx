import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PageError, PageLoading } from "../ui/states";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

/** A page in its own chunk. After a deploy an open tab may ask for a chunk that is gone: then offer a reload. */
export function lazy<P extends object>(load: Load<P>): FunctionComponent<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [Page, setPage] = useState<ComponentType<P> | null>(() => loaded);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (loaded) return;
      load().then((module) => {
        loaded = module.default;
        setPage(() => module.default);
      }, setError);
    }, []);
    if (error)
      return (
        <PageError
          error={new Error("This page has changed on the server.")}
          retry={() => location.reload()}
        />
      );
    return Page ? <Page {...props} /> : <PageLoading />;
  };
}
