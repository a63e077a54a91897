import { useSearch } from "wouter";

/** Where to go after signing in: a path of ours, never another site. */
export function useNext(): string {
  return safePath(new URLSearchParams(useSearch()).get("next"));
}

export function safePath(asked: string | null): string {
  if (asked === null || !asked.startsWith("/")) return "/";
  try {
    const url = new URL(asked, location.origin);
    return url.origin === location.origin ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}

/** The address of a page at the door, which leads on to `next`. */
export function doorPath(page: "/sign-in" | "/sign-up", next: string): string {
  return next === "/" ? page : `${page}?next=${encodeURIComponent(next)}`;
}
