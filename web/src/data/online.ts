import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Unreachable } from "../api/client";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

export type Reach = "online" | "offline" | "unreachable";

/** Tell whether the server can be reached, as far as the device knows and the last questions showed. */
export function useReach(): Reach {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  const client = useQueryClient();
  const [lost, setLost] = useState(false);
  useEffect(
    () =>
      client.getQueryCache().subscribe((happened) => {
        if (happened.type !== "updated") return;
        const { action } = happened;
        if (action.type === "success" && !action.manual) setLost(false);
        if (action.type === "failed" || action.type === "error") setLost(action.error instanceof Unreachable);
      }),
    [client],
  );
  if (!online) return "offline";
  return lost ? "unreachable" : "online";
}
