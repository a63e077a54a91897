import { useText } from "../../i18n";
import { LinkButton } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Card } from "../../ui/parts";
import { OthersWaiting } from "./unsent";

/** What a stranger sees first. */
export function Welcome() {
  const { t } = useText();
  return (
    <Frame>
      <div className="grid gap-6 py-6">
        <div>
          <h1 className="text-3xl font-bold text-balance">{t("welcome.title")}</h1>
          <p className="mt-2 max-w-prose text-lg text-quiet">{t("welcome.what")}</p>
        </div>
        <OthersWaiting />
        <div className="flex flex-wrap gap-3">
          <LinkButton to="/sign-in" look="primary">
            {t("home.sign_in")}
          </LinkButton>
          <LinkButton to="/sign-up">{t("home.sign_up")}</LinkButton>
        </div>
        <Card>
          <h2 className="font-semibold">{t("welcome.link")}</h2>
          <p className="text-quiet">{t("welcome.link.what")}</p>
        </Card>
      </div>
    </Frame>
  );
}
