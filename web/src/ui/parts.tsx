/** Small parts of pages. */
import type { ReactNode } from "react";
import { useText } from "../i18n";

export function Card({ children, className = "" }: { children: ReactNode; className?: string }) {
  return <section className={`rounded-card border border-line bg-surface p-4 ${className}`}>{children}</section>;
}

export function EmptyState(props: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Whether it is all there is on the page. */
  alone?: boolean;
}) {
  const Heading = props.alone ? "h1" : "h2";
  return (
    <div className="grid justify-items-center gap-3 rounded-card border border-dashed border-line px-6 py-10 text-center">
      <Heading className="text-lg font-semibold">{props.title}</Heading>
      {props.children !== undefined && <div className="max-w-prose text-quiet">{props.children}</div>}
      {props.action}
    </div>
  );
}

/** Bars where text will be, while it is fetched. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const { t } = useText();
  return (
    <div role="status" className="grid gap-3">
      <span className="sr-only">{t("say.loading")}</span>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={index} className="h-16 animate-pulse rounded-card bg-sunken" aria-hidden="true" />
      ))}
    </div>
  );
}

/** Something went wrong: what, and what to do. */
export function Notice(props: { tone?: "warn" | "plain"; children: ReactNode; action?: ReactNode }) {
  const tone = props.tone === "warn" ? "bg-warn-tint text-warn" : "bg-tint text-ink";
  return (
    <div role="status" className={`flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card px-4 py-3 ${tone}`}>
      <div className="min-w-0 grow basis-48">{props.children}</div>
      {props.action}
    </div>
  );
}

/** The first letters of a name, in a colour that goes by it. */
export function Avatar({ name, muted = false }: { name: string; muted?: boolean }) {
  const letters = [...new Intl.Segmenter().segment(name.trim())].slice(0, 1).map((each) => each.segment.toUpperCase());
  return (
    <span
      aria-hidden="true"
      className={`grid size-9 shrink-0 place-items-center rounded-full bg-tint font-semibold ${muted ? "opacity-60" : ""}`}
    >
      {letters.join("")}
    </span>
  );
}
