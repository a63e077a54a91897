/** Take the secret out of a link: it is read once, held while the page lives, and gone from the address at once. */
import { useEffect, useState } from "react";

const KINDS = ["ticket", "invite", "link"] as const;

export interface Secret {
  kind: (typeof KINDS)[number];
  text: string;
}

let held: Secret | undefined;

function read(): Secret | undefined {
  const told = new URLSearchParams(location.hash.slice(1));
  for (const kind of KINDS) {
    const text = told.get(kind);
    if (text !== null && text !== "") return { kind, text };
  }
  return undefined;
}

/** The secret of the link that was opened last; it survives going to another page of the app and back. */
export function useSecret(): Secret | undefined {
  const [secret, setSecret] = useState(() => read() ?? held);
  useEffect(() => {
    function take(): void {
      const found = read();
      if (found === undefined) return;
      held = found;
      setSecret(found);
      history.replaceState(history.state, "", location.pathname + location.search);
    }
    take();
    // A link opened where a page of ours is open already changes nothing but what is behind the #.
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return secret;
}

/** It was used, and is good for nothing more. */
export function letGo(): void {
  held = undefined;
}
