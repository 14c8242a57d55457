import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PageError, PageLoading } from "../ui/states";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

/** A page that can be fetched before it is shown, while the session and the project are still on their way. */
export type LazyPage<P extends object> = FunctionComponent<P> & { preload(): void };

const Nothing = (): null => null;

/** A part of a page that is rarely opened; nothing stands in its place meanwhile. */
export function lazyPart<P extends object>(load: Load<P>): LazyPage<P> {
  return lazy(load, Nothing);
}

/** A page in its own chunk. After a deploy an open tab may ask for a chunk that is gone: then offer a reload. */
export function lazy<P extends object>(load: Load<P>, Waiting: FunctionComponent = PageLoading): LazyPage<P> {
  let loaded: ComponentType<P> | null = null;
  let loading: ReturnType<Load<P>> | null = null;
  const fetchOnce = () => {
    loading ??= load();
    return loading;
  };
  function Lazy(props: P) {
    const [Page, setPage] = useState<ComponentType<P> | null>(() => loaded);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (loaded) return;
      fetchOnce().then((module) => {
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
    return Page ? <Page {...props} /> : <Waiting />;
  }
  return Object.assign(Lazy, { preload: () => void fetchOnce().catch(() => {}) });
}
