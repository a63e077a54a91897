import type { PositionOut } from "../../data/balances";
import { type Key, useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { proportion } from "../../money/amount";
import { Button } from "../../ui/button";
import { Money } from "../../ui/money";
import type { People } from "./people";

/** Where one member stands: in words, with a sign, and as a bar from the middle. */
export function MemberBar(props: {
  people: People;
  position: PositionOut;
  net: bigint;
  largest: bigint;
  onWhy: () => void;
}) {
  const { people, position, net } = props;
  const { t } = useText();
  const name = people.name(position.member);
  const tone = net > 0n ? "text-owed" : net < 0n ? "text-owes" : "text-quiet";
  return (
    <li className="grid grid-cols-1 gap-1">
      <div className="flex flex-wrap items-center justify-end gap-x-2">
        <span className={`min-w-0 grow basis-24 ${position.member === people.self ? "font-semibold" : ""}`}>
          <Rich
            text={t(standing(net, position.member === people.self))}
            parts={{ name: <strong className="font-semibold">{name}</strong> }}
          />
        </span>
        <Money
          amount={position.net}
          currency={position.currency}
          sign="never"
          className={`shrink-0 font-semibold ${tone}`}
        />
        <Button
          look="quiet"
          className="-my-1 shrink-0 px-2!"
          aria-label={t("balance.why.whom", { name })}
          onClick={props.onWhy}
        >
          {t("balance.why")}
        </Button>
      </div>
      <Bar net={net} largest={props.largest} />
    </li>
  );
}

export function standing(net: bigint, own: boolean): Key {
  const key = net > 0n ? "balance.is_owed" : net < 0n ? "balance.owes" : "balance.is_square";
  return own ? `${key}.you` : key;
}

/** What is owed to somebody goes from the middle towards the end of the line, what they owe towards its start. */
function Bar({ net, largest }: { net: bigint; largest: bigint }) {
  const size = { "--size": `${(proportion(net, largest) * 50).toFixed(2)}%` } as Record<string, string>;
  return (
    <div aria-hidden="true" className="relative h-3 rounded-full bg-sunken">
      {net !== 0n && (
        <div
          style={size}
          className={`absolute inset-y-0 w-(--size) min-w-1 ${net > 0n ? "start-1/2 rounded-e-full bg-owed" : "end-1/2 rounded-s-full bg-owes"}`}
        />
      )}
      <div className="absolute -inset-y-1 start-1/2 w-0.5 -translate-x-1/2 bg-quiet rtl:translate-x-1/2" />
    </div>
  );
}
