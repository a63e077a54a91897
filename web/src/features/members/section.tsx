import { type ReactNode, useId } from "react";

/** Rows that fill their frame from edge to edge. */
export function Rows({ children }: { children: ReactNode }) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">{children}</ul>
  );
}

/** One part of the settings, under its heading. */
export function Section(props: { title: string; lead?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="grow text-lg font-semibold">
          {props.title}
        </h2>
        {props.aside}
      </div>
      {props.lead !== undefined && <p className="text-quiet">{props.lead}</p>}
      {props.children}
    </section>
  );
}
