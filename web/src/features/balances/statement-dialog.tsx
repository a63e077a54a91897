import { useInfiniteQuery } from "@tanstack/react-query";
import { type PositionOut, type StatementLine, statementQuery } from "../../data/balances";
import { type Key, useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { parseWire } from "../../money/amount";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Money } from "../../ui/money";
import { Loaded } from "./loaded";
import { standing } from "./member-bar";
import type { People } from "./people";
import { StatementRow } from "./statement-row";

/** Why somebody stands where they stand: every expense and payment, with what it left. */
export function StatementDialog(props: { people: People; position: PositionOut; onClose: () => void }) {
  const { people, position } = props;
  const { t } = useText();
  const { member, currency } = position;
  const found = useInfiniteQuery(statementQuery(people.event.id, member, currency));
  const own = member === people.self;
  const title = own ? t("statement.title.you") : t("statement.title", { name: people.name(member) });
  return (
    <Dialog wide title={title} onClose={props.onClose}>
      <Loaded query={found} lines={4}>
        {(data) => (
          <>
            <Summary people={people} position={position} />
            <Lines people={people} currency={currency} lines={data.pages.flatMap((page) => page.lines)} />
            {found.hasNextPage && (
              <Button
                className="mt-3 w-full"
                disabled={found.isFetchingNextPage}
                onClick={() => void found.fetchNextPage()}
              >
                {t("do.more")}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

const SUMS = ["paid", "share", "sent", "received"] as const;

/** The sum before its parts: paid − share + sent − received. */
function Summary({ people, position }: { people: People; position: PositionOut }) {
  const { t } = useText();
  const net = parseWire(position.net, position.currency);
  return (
    <>
      <p className="text-lg">
        <Rich
          text={t(standing(net, position.member === people.self))}
          parts={{ name: <strong>{people.name(position.member)}</strong> }}
        />{" "}
        <Money amount={position.net} currency={position.currency} sign="never" className="font-semibold" />
      </p>
      <dl className="my-3 grid grid-cols-2 gap-x-4 gap-y-1 rounded-card bg-sunken p-3 text-sm">
        {SUMS.map((sum) => (
          <div key={sum} className="flex flex-wrap justify-between gap-x-2">
            <dt>{t(`statement.${sum}` as Key)}</dt>
            <dd>
              <Money amount={position[sum]} currency={position.currency} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Lines({ people, currency, lines }: { people: People; currency: string; lines: StatementLine[] }) {
  const { t } = useText();
  return (
    <ol className="divide-y divide-line">
      {lines.map((line) => (
        <StatementRow key={`${line.seq}-${line.kind}`} people={people} currency={currency} line={line} />
      ))}
      {lines.length === 0 && <li className="py-3 text-quiet">{t("say.nothing")}</li>}
    </ol>
  );
}
