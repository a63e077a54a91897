import { QueryClientProvider } from "@tanstack/react-query";
import { Component, lazy, type ReactNode, Suspense, useEffect } from "react";
import { Route, Switch } from "wouter";
import { queries } from "./data/query";
import { loadEventPage } from "./features/events/load";
import { HomePage } from "./features/home/home-page";
import { useText } from "./i18n";
import { Button } from "./ui/button";
import { Frame } from "./ui/frame";
import { keepFocus } from "./ui/keep-focus";
import { EmptyState, Skeleton } from "./ui/parts";
import { Toasts } from "./ui/toast";

const EventPage = lazy(loadEventPage);
const SignInPage = lazy(() => import("./features/identity/sign-in-page"));
const SignUpPage = lazy(() => import("./features/identity/sign-up-page"));
const ForgotPage = lazy(() => import("./features/identity/forgot-page"));
const ResetPage = lazy(() => import("./features/identity/reset-page"));
const VerifyPage = lazy(() => import("./features/identity/verify-page"));
const JoinPage = lazy(() => import("./features/identity/join-page"));
const AccountPage = lazy(() => import("./features/identity/account-page"));
const NewEventPage = lazy(() => import("./features/events/new-event-page"));
const GroupsPage = lazy(() => import("./features/groups/groups-page"));
const GroupPage = lazy(() => import("./features/groups/group-page"));

export function App() {
  useEffect(keepFocus, []);
  return (
    <QueryClientProvider client={queries}>
      <Failing>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/" component={HomePage} />
            <Route path="/sign-in" component={SignInPage} />
            <Route path="/sign-up" component={SignUpPage} />
            <Route path="/forgot" component={ForgotPage} />
            <Route path="/reset" component={ResetPage} />
            <Route path="/verify" component={VerifyPage} />
            <Route path="/join" component={JoinPage} />
            <Route path="/account" component={AccountPage} />
            <Route path="/groups" component={GroupsPage} />
            <Route path="/groups/:id">{({ id }) => <GroupPage groupId={id} />}</Route>
            <Route path="/new" component={NewEventPage} />
            <Route path="/events/:id/*?">{({ id }) => <EventPage key={id} eventId={id} />}</Route>
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </Failing>
      <Toasts />
    </QueryClientProvider>
  );
}

function Waiting() {
  const { t } = useText();
  return (
    <Frame>
      <h1 className="sr-only">{t("say.loading")}</h1>
      <Skeleton />
    </Frame>
  );
}

export function NotFound() {
  const { t } = useText();
  return (
    <Frame title={t("app.not_found")}>
      <EmptyState alone title={t("app.not_found")}>
        {t("app.not_found.what")}
      </EmptyState>
    </Frame>
  );
}

/** The last line of defence: a page that breaks says so. */
class Failing extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { t } = useText();
  return (
    <Frame title={t("app.failed")}>
      <EmptyState
        alone
        title={t("app.failed")}
        action={
          <Button look="primary" onClick={() => location.reload()}>
            {t("app.reload")}
          </Button>
        }
      >
        {t("app.failed.what")}
      </EmptyState>
    </Frame>
  );
}
