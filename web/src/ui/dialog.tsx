import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useText } from "../i18n";
import { CloseIcon } from "./icons";

/** A dialog over the page: the browser keeps the focus in it and gives it back; Escape and a click beside it close it. */
export function Dialog(props: { title: string; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const { t } = useText();
  const shown = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed before it is taken out of the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const dialog = shown.current;
    if (dialog !== null && !dialog.open) {
      dialog.showModal();
      // What one came to fill in, and not the button that closes it.
      dialog.querySelector<HTMLElement>("[data-focus]")?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does by keyboard what a click beside it does
    <dialog
      ref={shown}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) props.onClose();
      }}
      className={`max-h-[100dvh] w-full max-w-[100vw] overflow-visible bg-transparent p-0 text-ink sm:m-auto ${
        props.wide ? "sm:max-w-2xl" : "sm:max-w-lg"
      } mt-auto mb-0`}
    >
      <div className="flex max-h-[100dvh] flex-col rounded-t-2xl bg-surface sm:max-h-[92dvh] sm:rounded-2xl">
        <header className="flex items-center gap-2 border-b border-line ps-4 pe-2 py-1">
          <h2 id={id} className="min-w-0 grow py-1 text-lg font-semibold">
            {props.title}
          </h2>
          <button
            type="button"
            onClick={props.onClose}
            aria-label={t("do.close")}
            className="grid size-11 shrink-0 place-items-center self-start rounded-xl hover:bg-sunken"
          >
            <CloseIcon />
          </button>
        </header>
        <div className="relative overflow-y-auto p-4">{props.children}</div>
      </div>
    </dialog>
  );
}
