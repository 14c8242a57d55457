import { useEffect, useRef, useState } from "preact/hooks";
import { rememberName } from "../annotator/saving/keptWork";
import { resumeSaving } from "../annotator/saving/resume";
import { onSignedOut } from "../api/client";
import { PageError, PageLoading } from "../ui/states";
import { Toasts } from "../ui/toast";
import { lazy } from "./lazy";
import { expectProject } from "./projectState";
import { path } from "./router";
import { findRoute } from "./routes";
import { endSession, loadSession, session, user, userId } from "./session";
import { pageTitle } from "./title";

const Setup = lazy(() => import("../pages/setup"));
const Login = lazy(() => import("../pages/login"));

function Page() {
  const now = session.value;
  const { route, parameters } = findRoute(path.value);
  if (!now) return <PageLoading />;
  // Open pages come first: the secret of their link is no setup code.
  if (!now.authenticated && !route.open) return now.setup_required ? <Setup /> : <Login />;
  return route.show(parameters);
}

/** A link that vanished with its page leaves the focus nowhere: let it start at the content. */
function useFocusAfterNavigation(): void {
  const now = path.value;
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const timer = setTimeout(() => {
      const content = document.getElementById("content");
      if (!content || document.activeElement !== document.body) return;
      content.tabIndex = -1;
      content.focus({ preventScroll: true });
    }, 100);
    return () => clearTimeout(timer);
  }, [now]);
}

export function App() {
  const [error, setError] = useState<unknown>(null);
  const load = () => {
    setError(null);
    loadSession().catch(setError);
  };
  useEffect(() => {
    onSignedOut(endSession);
    const { route, parameters } = findRoute(path.value);
    route.page.preload();
    if (parameters.slug) expectProject(parameters.slug);
    load();
  }, []);
  const me = user.value;
  useEffect(() => {
    if (!me) return;
    rememberName(me);
    void resumeSaving(me.id, userId);
  }, [me?.id]);
  useFocusAfterNavigation();
  return (
    <>
      {error ? <PageError error={error} retry={load} /> : <Page />}
      <Toasts />
      <p class="vh" role="status">
        {pageTitle.value}
      </p>
    </>
  );
}
