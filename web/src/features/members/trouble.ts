import { type RefObject, useEffect } from "react";

/** Lead to the first field that something is wrong with, after each try that failed here or at the server. */
export function useFocusOnTrouble(form: RefObject<HTMLFormElement | null>, tries: number, error: Error | null): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try leads there anew
  useEffect(() => focusTrouble(form.current), [tries]);
  useEffect(() => {
    if (error !== null) focusTrouble(form.current);
  }, [form, error]);
}

function focusTrouble(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
