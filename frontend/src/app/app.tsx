import { useEffect, useState } from "preact/hooks";
import { onSignedOut } from "../api/client";
import { PageError, PageLoading } from "../ui/states";
import { Toasts } from "../ui/toast";
import { lazy } from "./lazy";
import { path } from "./router";
import { findRoute } from "./routes";
import { endSession, loadSession, session } from "./session";

const Setup = lazy(() => import("../pages/setup"));
const Login = lazy(() => import("../pages/login"));

function Page() {
  const now = session.value;
  const { route, parameters } = findRoute(path.value);
  if (!now) return <PageLoading />;
  if (now.setup_required) return <Setup />;
  if (!now.authenticated && !route.open) return <Login />;
  return route.show(parameters);
}

export function App() {
  const [error, setError] = useState<unknown>(null);
  const load = () => {
    setError(null);
    loadSession().catch(setError);
  };
  useEffect(() => {
    onSignedOut(endSession);
    load();
  }, []);
  return (
    <>
      {error ? <PageError error={error} retry={load} /> : <Page />}
      <Toasts />
    </>
  );
}
