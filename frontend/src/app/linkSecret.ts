import { useEffect, useState } from "preact/hooks";

let taken = { path: "", secret: "" };

function take(): string {
  const secret = location.hash.slice(1);
  if (secret) {
    taken = { path: location.pathname, secret };
    history.replaceState(null, "", location.pathname + location.search);
  }
  return taken.path === location.pathname ? taken.secret : "";
}

/** The secret behind # of the link that was opened. It is taken out of the address: that stays in the history. */
export function useLinkSecret(): string {
  const [secret, setSecret] = useState(take);
  useEffect(() => {
    const takeAgain = () => setSecret(take());
    addEventListener("hashchange", takeAgain);
    return () => removeEventListener("hashchange", takeAgain);
  }, []);
  return secret;
}
