import type { ReactNode } from "react";
import { useText } from "../../../i18n";
import { Frame } from "../../../ui/frame";
import { Card } from "../../../ui/parts";

/** A page at the door: one thing to do, in a narrow column. */
export function Gate(props: { title: string; lead?: ReactNode; children: ReactNode; below?: ReactNode }) {
  return (
    <Frame title={props.title}>
      <div className="mx-auto grid max-w-md gap-4 pt-2 sm:pt-8">
        <div className="grid gap-2">
          <h1 className="text-2xl font-bold">{props.title}</h1>
          {props.lead !== undefined && <div className="text-quiet">{props.lead}</div>}
        </div>
        <Card>{props.children}</Card>
        {props.below && <div className="flex flex-wrap gap-2">{props.below}</div>}
      </div>
    </Frame>
  );
}

/** The address is that of a link, and what makes it one is missing. */
export function NoLink() {
  const { t } = useText();
  return (
    <>
      <h2 className="mb-1 font-semibold">{t("identity.no_link")}</h2>
      <p className="text-quiet">{t("identity.no_link.what")}</p>
    </>
  );
}
