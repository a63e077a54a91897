import { Link, useLocation } from "wouter";
import { type Key, useText } from "../../i18n";

export const TABS = ["expenses", "balances", "settle", "activity", "settings"] as const;
export type Tab = (typeof TABS)[number];

export function tabPath(eventId: string, tab: Tab): string {
  return tab === "expenses" ? `/events/${eventId}` : `/events/${eventId}/${tab}`;
}

/** The parts of an event: each is a page with an address of its own, so that back goes back. */
export function EventTabs({ eventId, current }: { eventId: string; current: Tab }) {
  const { t } = useText();
  const [, go] = useLocation();
  return (
    <nav aria-label={t("event.parts")} className="-mx-4 mb-4 flex overflow-x-auto border-b border-line px-2">
      {TABS.map((tab) => (
        <Link
          key={tab}
          href={tabPath(eventId, tab)}
          aria-current={tab === current ? "page" : undefined}
          onClick={(event) => {
            event.preventDefault();
            go(tabPath(eventId, tab), { replace: true });
          }}
          className="min-h-11 shrink-0 border-b-2 border-transparent px-2 py-2.5 font-medium sm:px-3 text-quiet no-underline hover:text-ink aria-[current]:border-accent aria-[current]:text-accent"
        >
          {t(`event.tab.${tab}` as Key)}
        </Link>
      ))}
    </nav>
  );
}
