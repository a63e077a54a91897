import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EventOut } from "../../api/client";
import { isZero, type PositionOut, positionsQuery } from "../../data/balances";
import { useEvent } from "../../data/events";
import { useStanding } from "../../data/members";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { EmptyState, Notice } from "../../ui/parts";
import { Loaded } from "../balances/loaded";
import { type People, usePeople } from "../balances/people";
import { AllSquare } from "./all-square";
import { LifeButton } from "./life";
import { PaymentDialog } from "./payment-dialog";
import { PlanSection } from "./plan-section";
import { SettlementList } from "./settlement-list";
import { WaitingSettlements } from "./waiting-settlements";

export default function SettleTab({ eventId }: { eventId: string }) {
  const event = useEvent(eventId).data;
  return event === undefined ? null : <Settling event={event} />;
}

/** What whoever looks may do here. */
export interface Rights {
  record: boolean;
  admin: boolean;
}

function Settling({ event }: { event: EventOut }) {
  const people = usePeople(event);
  const { role } = useStanding(event);
  const open = event.status !== "archived";
  const rights: Rights = { record: open && role !== "viewer", admin: open && role === "admin" };
  const positions = useQuery(positionsQuery(event.id));
  return (
    <div className="grid grid-cols-1 gap-6">
      <WaitingSettlements people={people} rights={rights} />
      <Loaded query={positions} lines={3}>
        {(stands) => <Now people={people} rights={rights} positions={stands} />}
      </Loaded>
      {rights.record && event.status !== "cleared" && <AnotherPayment people={people} />}
      <SettlementList people={people} rights={rights} />
    </div>
  );
}

/** What is to be done now: pay, nothing any more, or nothing yet. */
function Now({ people, rights, positions }: { people: People; rights: Rights; positions: PositionOut[] }) {
  const { t } = useText();
  const { event } = people;
  if (positions.some((position) => !isZero(position.net))) return <PlanSection people={people} rights={rights} />;
  if (event.status === "archived") {
    return (
      <AllSquare>
        <Notice>{t("settle.archived")}</Notice>
      </AllSquare>
    );
  }
  if (event.status === "cleared") {
    return (
      <AllSquare>
        {rights.record && (
          <div className="flex flex-wrap justify-center gap-2">
            <LifeButton event={event} step="reopen" />
            {rights.admin && <LifeButton event={event} step="archive" />}
          </div>
        )}
      </AllSquare>
    );
  }
  const spent = positions.some(({ paid, share }) => !isZero(paid) || !isZero(share));
  if (!spent) return <EmptyState title={t("settle.nothing")}>{t("settle.nothing.what")}</EmptyState>;
  return <AllSquare>{rights.record && <LifeButton event={event} step="close" />}</AllSquare>;
}

function AnotherPayment({ people }: { people: People }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button className="w-full" onClick={() => setOpen(true)}>
        {t("settle.other")}
      </Button>
      {open && <PaymentDialog people={people} onClose={() => setOpen(false)} />}
    </>
  );
}
