import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";

type Look = "primary" | "plain" | "quiet" | "danger";

const BASE =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 py-2 font-medium no-underline transition-colors disabled:opacity-50";
const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:brightness-110",
  plain: "border border-line bg-surface text-ink hover:bg-sunken",
  quiet: "text-accent hover:bg-tint",
  danger: "border border-owes text-owes hover:bg-sunken",
};

export function buttonClass(look: Look = "plain", more = ""): string {
  return `${BASE} ${LOOKS[look]} ${more}`;
}

export function Button({ look = "plain", className = "", ...rest }: ComponentProps<"button"> & { look?: Look }) {
  return <button type="button" className={buttonClass(look, className)} {...rest} />;
}

export function LinkButton(props: {
  to: string;
  look?: Look;
  className?: string;
  children: ReactNode;
  label?: string;
}) {
  return (
    <Link href={props.to} className={buttonClass(props.look, props.className)} aria-label={props.label}>
      {props.children}
    </Link>
  );
}
