/** Know when a newer version of the app waits, and let it take over when whoever looks is ready for it. */
import { useSyncExternalStore } from "react";

let waiting: ServiceWorker | undefined;
/** Another page let the newer version take over: what is loaded here goes on, and is old. */
let outdated = false;
let asked = false;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

/** Install the worker that keeps the app, and listen for the next one. */
export async function followVersions(): Promise<void> {
  const workers = navigator.serviceWorker;
  // The first worker of all takes over a page that is as new as itself.
  let controlled = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    if (asked) location.reload();
    waiting = undefined;
    outdated = controlled;
    controlled = true;
    changed();
  });
  const registration = await workers.register("/sw.js");
  const look = () => {
    waiting = registration.waiting ?? undefined;
    changed();
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
  document.addEventListener("visibilitychange", () => {
    // An app that stays open for days would never ask by itself.
    if (!document.hidden) void registration.update().catch(() => undefined);
  });
}

export function useNewVersion(): boolean {
  return useSyncExternalStore(subscribe, () => waiting !== undefined || outdated);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Go on with the newer version. */
export function takeNewVersion(): void {
  asked = true;
  if (waiting === undefined) location.reload();
  else waiting.postMessage("take over");
}
