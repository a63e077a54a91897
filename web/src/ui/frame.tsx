import { type ReactNode, useEffect } from "react";
import { Link, useLocation } from "wouter";
import { useReach } from "../data/online";
import { useSession } from "../data/session";
import { takeNewVersion, useNewVersion } from "../data/version";
import { useText } from "../i18n";
import { Button } from "./button";
import { HomeIcon, Mark, PeopleIcon, PersonIcon } from "./icons";

/** What is around every page: the way home, where one is, whether the server is reached. */
export function Frame(props: { title?: string; children: ReactNode; back?: { to: string; label: string } }) {
  const { t } = useText();
  const reach = useReach();
  useEffect(() => {
    document.title = props.title === undefined ? t("app.name") : `${props.title} · ${t("app.name")}`;
  }, [props.title, t]);
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:start-2 focus:top-2 focus:z-40 focus:rounded-xl focus:bg-surface focus:p-3"
      >
        {t("app.skip")}
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-3xl items-center gap-2 px-4">
          <Link href="/" className="flex min-h-13 items-center gap-2 text-lg font-bold text-ink no-underline">
            <Mark />
            <span>{t("app.name")}</span>
          </Link>
          <Places />
        </div>
      </header>
      {reach !== "online" && (
        <p role="status" className="bg-warn-tint px-4 py-2 text-center text-sm text-warn">
          {t(reach === "offline" ? "app.offline" : "app.unreachable")}
        </p>
      )}
      <NewVersion />
      <main id="content" tabIndex={-1} className="mx-auto max-w-3xl px-4 pt-4 pb-28 outline-none">
        {props.children}
      </main>
    </>
  );
}

function NewVersion() {
  const { t } = useText();
  if (!useNewVersion()) return null;
  return (
    <p role="status" className="flex flex-wrap items-center justify-center gap-3 bg-tint px-4 py-1 text-sm">
      {t("app.update")}
      <Button onClick={takeNewVersion}>{t("app.reload")}</Button>
    </p>
  );
}

function Places() {
  const { t } = useText();
  const { user } = useSession();
  const [path] = useLocation();
  const groups = { to: "/groups", label: t("nav.groups"), icon: <PeopleIcon /> };
  const places = [
    { to: "/", label: t("nav.home"), icon: <HomeIcon /> },
    ...(user === null ? [] : [groups]),
    { to: "/account", label: t("nav.account"), icon: <PersonIcon /> },
  ];
  return (
    <nav className="ms-auto flex" aria-label={t("app.name")}>
      {places.map((place) => (
        <Link
          key={place.to}
          href={place.to}
          aria-label={place.label}
          aria-current={path === place.to ? "page" : undefined}
          className="flex min-h-13 min-w-11 items-center justify-center gap-2 px-2 text-quiet no-underline hover:text-ink aria-[current]:text-accent"
        >
          {place.icon}
          <span className="hidden sm:inline">{place.label}</span>
        </Link>
      ))}
    </nav>
  );
}
