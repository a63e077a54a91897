import type { ReactNode } from "react";
import { useText } from "../../i18n";

/** The end of it all: the two halves of the square are equal. */
export function AllSquare({ children }: { children?: ReactNode }) {
  const { t } = useText();
  return (
    <section className="grid justify-items-center gap-3 rounded-card bg-tint px-6 py-10 text-center">
      <svg viewBox="0 0 48 48" width="72" height="72" aria-hidden="true" focusable="false">
        <path
          d="M4 4h38L4 42z"
          className="fill-accent transition-transform duration-1000 starting:-translate-x-2 starting:-translate-y-2"
        />
        <path
          d="M44 6v38H6z"
          className="fill-accent opacity-60 transition-transform duration-1000 starting:translate-x-2 starting:translate-y-2"
        />
      </svg>
      <h2 className="text-2xl font-bold">{t("settle.square")}</h2>
      <p className="max-w-prose">{t("settle.square.what")}</p>
      {children}
    </section>
  );
}
