import { type FormEvent, useRef, useState } from "react";
import { newId } from "../../api/ids";
import type { PaymentOut } from "../../data/balances";
import { outbox } from "../../data/outbox/outbox";
import type { SettlementIn, Waiting } from "../../data/outbox/waiting";
import { METHODS, type Method } from "../../data/settling";
import { useText } from "../../i18n";
import { inputText, parseWire, toWire } from "../../money/amount";
import { type Currency, isCurrency } from "../../money/currency";
import { readAmount } from "../../money/expression";
import { AmountField } from "../../ui/amount-field";
import { Button } from "../../ui/button";
import { CurrencyBeside } from "../../ui/currency-picker";
import { Dialog } from "../../ui/dialog";
import { CheckField, SelectField, TextField } from "../../ui/field";
import { ArrowIcon } from "../../ui/icons";
import { formatMoney } from "../../ui/money";
import { toast } from "../../ui/toast";
import type { People } from "../balances/people";
import { MemberField } from "./member-field";

interface Draft {
  from: number | undefined;
  to: number | undefined;
  amount: string;
  currency: Currency;
  method: Method;
  date: string;
  note: string;
  /** More than the plan asks for was confirmed. */
  more: boolean;
}

function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function begin(people: People, locale: string, planned?: PaymentOut, mended?: SettlementIn): Draft {
  const known = mended ?? planned;
  const currency = known?.currency ?? people.event.currency;
  return {
    from: known?.from ?? people.self,
    to: known?.to,
    amount: known === undefined ? "" : inputText(String(known.amount), locale),
    currency: isCurrency(currency) ? currency : "EUR",
    method: mended?.method ?? "cash",
    date: mended?.date ?? today(),
    note: mended?.note ?? "",
    more: false,
  };
}

/** Record that somebody paid somebody back: all of what is planned, a part of it, or anything else. */
export function PaymentDialog(props: {
  people: People;
  planned?: PaymentOut;
  /** A payment that was refused, to be mended. */
  waiting?: Waiting;
  onClose: () => void;
}) {
  const { people, planned, waiting, onClose } = props;
  const text = useText();
  const { t, locale } = text;
  const mended = waiting?.change.kind === "settlement.add" ? waiting.change : undefined;
  const [draft, setDraft] = useState(() => begin(people, locale, planned, mended?.body));
  const [strict, setStrict] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const change = (changed: Partial<Draft>) => setDraft((former) => ({ ...former, ...changed }));
  const { from, to, currency } = draft;
  const reading = readAmount(draft.amount, { currency, locale, allowNegative: false });
  const tooMuch = planned !== undefined && reading.ok && reading.minor > parseWire(planned.amount, currency);
  const complete = reading.ok && from !== undefined && to !== undefined && from !== to && (!tooMuch || draft.more);

  async function save(submitted: FormEvent) {
    submitted.preventDefault();
    if (!reading.ok || from === undefined || to === undefined || !complete) {
      setStrict(true);
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    const { method, date } = draft;
    const note = draft.note.trim() || null;
    const body: SettlementIn = { from, to, amount: toWire(reading.minor, currency), currency, method, date, note };
    if (tooMuch) body.allow_overpayment = true;
    const put = { kind: "settlement.add", id: mended?.id ?? newId(), body } as const;
    await (waiting === undefined ? outbox.put(people.event.id, put) : outbox.mend(waiting.order, put));
    toast({ text: t("settle.saved") });
    onClose();
  }

  return (
    <Dialog title={t("settle.payment")} onClose={onClose}>
      <form ref={form} onSubmit={(submitted) => void save(submitted)} noValidate className="grid gap-4">
        {planned === undefined ? (
          <Ends {...{ people, draft, strict, change }} />
        ) : (
          <p className="flex items-center gap-2 font-medium">
            {people.name(planned.from)} <ArrowIcon /> {people.name(planned.to)}
          </p>
        )}
        <AmountField
          label={t("expense.amount")}
          data-focus={planned !== undefined || undefined}
          value={draft.amount}
          currency={currency}
          reading={reading}
          strict={strict}
          hint={planned && t("settle.planned", { amount: formatMoney(planned.amount, currency, locale) })}
          aside={
            planned === undefined && (
              <CurrencyBeside
                value={currency}
                own={people.event.currency}
                onChange={(chosen) => change({ currency: chosen })}
              />
            )
          }
          onValue={(amount) => change({ amount, more: false })}
        />
        {tooMuch && (
          <div>
            <CheckField
              label={t("settle.more", { amount: formatMoney(planned.amount, currency, locale) })}
              checked={draft.more}
              aria-invalid={(strict && !draft.more) || undefined}
              onChange={(ticked) => change({ more: ticked.target.checked })}
            />
            {strict && !draft.more && (
              <p role="alert" className="text-sm text-owes">
                {t("settle.more.tick")}
              </p>
            )}
          </div>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={t("settle.method")}
            value={draft.method}
            onChange={(chosen) => change({ method: chosen.target.value as Method })}
          >
            {METHODS.map((method) => (
              <option key={method} value={method}>
                {t(`settle.method.${method}`)}
              </option>
            ))}
          </SelectField>
          <TextField
            label={t("expense.date")}
            type="date"
            required
            value={draft.date}
            onChange={(typed) => change({ date: typed.target.value || draft.date })}
          />
        </div>
        <TextField
          label={`${t("settle.note")} (${t("say.optional")})`}
          maxLength={2000}
          value={draft.note}
          onChange={(typed) => change({ note: typed.target.value })}
        />
        <div className="sticky bottom-0 -mx-4 -mb-4 flex gap-2 border-t border-line bg-surface p-4">
          <Button type="submit" look="primary" className="grow">
            {t("do.save")}
          </Button>
          <Button onClick={onClose}>{t("do.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Who paid, and who got it. */
function Ends(props: { people: People; draft: Draft; strict: boolean; change: (changed: Partial<Draft>) => void }) {
  const { people, draft, strict, change } = props;
  const { t } = useText();
  const missing = (member: number | undefined) => (strict && member === undefined ? t("say.required") : undefined);
  const same = draft.to !== undefined && draft.from === draft.to ? t("settle.same") : undefined;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <MemberField
        label={t("settle.from")}
        people={people}
        value={draft.from}
        error={missing(draft.from)}
        onValue={(from) => change({ from })}
      />
      <MemberField
        label={t("settle.to")}
        people={people}
        value={draft.to}
        error={missing(draft.to) ?? same}
        onValue={(to) => change({ to })}
      />
    </div>
  );
}
