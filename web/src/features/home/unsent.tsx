import { useOthersWaiting, useOutbox } from "../../data/outbox/use-outbox";
import { useText } from "../../i18n";
import { Notice } from "../../ui/parts";

/** What is still on this device alone. */
export function Unsent() {
  const { count } = useText();
  const waiting = useOutbox();
  if (waiting.length === 0) return null;
  return <Notice tone="warn">{count("home.unsent", waiting.length)}</Notice>;
}

/** What somebody left here who is not signed in now: it is not lost, and nobody else's to see. */
export function OthersWaiting() {
  const { count } = useText();
  const others = useOthersWaiting();
  if (others === 0) return null;
  return <Notice>{count("home.unsent_others", others)}</Notice>;
}
