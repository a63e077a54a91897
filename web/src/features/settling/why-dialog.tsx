import { useQuery } from "@tanstack/react-query";
import { type Asked, type Explanation, explanationQuery, type Pair, type Piece } from "../../data/settling";
import { type Text, useText } from "../../i18n";
import { Rich } from "../../i18n/rich";
import { Dialog } from "../../ui/dialog";
import { Money } from "../../ui/money";
import { Loaded } from "../balances/loaded";
import { keyOf, type People } from "../balances/people";
import { DebtLine } from "./debt-line";

/** Why somebody shall pay somebody: which debts the payment stands for, down to the expenses. */
export function WhyDialog(props: { people: People; asked: Asked; pair: Pair; onClose: () => void }) {
  const { people, asked, pair } = props;
  const { t } = useText();
  const found = useQuery(explanationQuery(people.event.id, asked, pair));
  const names = { from: people.name(pair.from), to: people.name(pair.to) };
  return (
    <Dialog wide title={t(keyOf("settle.why.which", people, pair.from, pair.to), names)} onClose={props.onClose}>
      <Loaded query={found}>{(explanation) => <Explained people={people} explanation={explanation} />}</Loaded>
    </Dialog>
  );
}

function Explained({ people, explanation }: { people: People; explanation: Explanation }) {
  const { t, count } = useText();
  const { payment, pieces, circles } = explanation;
  return (
    <div className="grid gap-4">
      <p className="text-lg">
        <Rich
          text={t(keyOf("balance.pays", people, payment.from, payment.to))}
          parts={{
            from: people.name(payment.from),
            to: people.name(payment.to),
            amount: <Money amount={payment.amount} currency={payment.currency} className="font-semibold" />,
          }}
        />
      </p>
      <Pieces people={people} pieces={pieces} payment={payment} />
      {circles.length > 0 && (
        <details className="rounded-card border border-line">
          <summary className="min-h-11 cursor-pointer rounded-card px-4 py-3 hover:bg-sunken">
            {count("settle.why.circles", circles.length)}
          </summary>
          <div className="px-4 pb-4">
            <p className="mb-3 text-sm text-quiet">{t("settle.why.circles.what")}</p>
            <Pieces people={people} pieces={circles} payment={payment} />
          </div>
        </details>
      )}
    </div>
  );
}

function Pieces(props: { people: People; pieces: Piece[]; payment: Pair }) {
  const text = useText();
  return (
    <ol className="grid gap-4">
      {props.pieces.map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an explanation never changes its order
        <li key={index} className="border-s-2 border-accent ps-3">
          <Headline {...props} piece={piece} text={text} />
          <ul className="mt-1 grid gap-1">
            {piece.links.map((link, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: nor does a piece of it
              <DebtLine key={place} people={props.people} link={link} currency={props.payment.currency} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

/** Why these debts come to one amount: paid straight, instead of from hand to hand, with others, or not at all. */
function Headline(props: { people: People; piece: Piece; payment: Pair; text: Text }) {
  const { people, piece, payment } = props;
  const { t, locale } = props.text;
  const others = piece.payments.filter(({ from, to }) => from !== payment.from || to !== payment.to);
  const key =
    piece.kind === "circle" ? "settle.why.circle" : others.length > 0 ? "settle.why.swap" : "settle.why.chain";
  // One debt between the two needs no headline: it says it all.
  if (key === "settle.why.chain" && piece.links.length === 1) return null;
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  return (
    <p className="font-medium">
      <Rich
        text={t(key)}
        parts={{
          amount: <Money amount={piece.amount} currency={payment.currency} />,
          others: list.format(others.map(({ from, to }) => `${people.name(from)} → ${people.name(to)}`)),
        }}
      />
    </p>
  );
}
