import { useLayoutEffect, useRef } from "react";
import { Link } from "wouter";
import { type Key, useText } from "../../i18n";
import { SettingsIcon } from "../../ui/icons";

export const TABS = ["expenses", "balances", "settle", "activity", "settings"] as const;
export type Tab = (typeof TABS)[number];

export function tabPath(eventId: string, tab: Tab): string {
  return tab === "expenses" ? `/events/${eventId}` : `/events/${eventId}/${tab}`;
}

/** The parts of an event: each has an address of its own, and back leads out of the event from any of them. */
export function EventTabs({ eventId, current }: { eventId: string; current: Tab }) {
  const { t } = useText();
  const nav = useRef<HTMLElement>(null);
  // With large text they do not all fit: the one that is open must be seen.
  useLayoutEffect(() => {
    nav.current?.querySelector(`[href="${tabPath(eventId, current)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [eventId, current]);
  return (
    <nav
      ref={nav}
      aria-label={t("event.parts")}
      className="relative -mx-4 mb-4 flex justify-between overflow-x-auto border-b border-line px-2 sm:justify-start"
    >
      {TABS.map((tab) => (
        <Link
          key={tab}
          replace
          href={tabPath(eventId, tab)}
          aria-current={tab === current ? "page" : undefined}
          className="grid min-h-12 min-w-11 shrink-0 place-items-center border-b-2 border-transparent px-2 text-sm font-medium text-quiet no-underline -outline-offset-2 hover:text-ink aria-[current]:border-accent aria-[current]:text-accent sm:px-3 sm:text-base"
        >
          {tab === "settings" ? (
            <>
              {/* Five words are too many for a telephone. */}
              <span className="sm:hidden">
                <SettingsIcon />
              </span>
              <span className="max-sm:sr-only">{t("event.tab.settings")}</span>
            </>
          ) : (
            t(`event.tab.${tab}` as Key)
          )}
        </Link>
      ))}
    </nav>
  );
}
