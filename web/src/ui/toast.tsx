/** Say in passing what was done, with a way to undo it; spoken too. */
import { useSyncExternalStore } from "react";
import { Button } from "./button";

export interface Toast {
  text: string;
  action?: { label: string; run: () => void };
}

const SHOWN_FOR_MS = 7_000;
let shown: (Toast & { id: number }) | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let count = 0;
const listeners = new Set<() => void>();

function show(next: typeof shown): void {
  shown = next;
  for (const listener of listeners) listener();
}

export function toast(said: Toast): void {
  clearTimeout(timer);
  count += 1;
  show({ ...said, id: count });
  timer = setTimeout(() => show(null), SHOWN_FOR_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const current = useSyncExternalStore(subscribe, () => shown);
  const action = current?.action;
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center px-4 sm:bottom-6"
    >
      {current !== null && (
        <div
          key={current.id}
          className="pointer-events-auto flex items-center gap-3 rounded-xl bg-ink px-4 py-2 text-ground shadow-lg"
        >
          <span>{current.text}</span>
          {action !== undefined && (
            <Button
              className="border-ground/40 bg-transparent text-ground hover:bg-ground/15"
              onClick={() => {
                show(null);
                action.run();
              }}
            >
              {action.label}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
