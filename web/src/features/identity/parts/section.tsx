import { type ReactNode, useId } from "react";

/** One part of a page, with its heading. */
export function Section(props: { title: string; lead?: ReactNode; action?: ReactNode; children?: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-4 rounded-card border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="grid min-w-0 grow basis-48 gap-1">
          <h2 id={id} className="text-lg font-semibold">
            {props.title}
          </h2>
          {props.lead !== undefined && <div className="text-sm text-quiet">{props.lead}</div>}
        </div>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}
