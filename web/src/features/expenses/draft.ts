/** Hold what is being typed about an expense, and read it: what will be sent, how it will be split, and what is wrong. */
import type { EventOut, ExpenseIn, ExpenseOut } from "../../api/client";
import { inputText, toWire } from "../../money/amount";
import { type Currency, isCurrency } from "../../money/currency";
import { writeDecimal } from "../../money/decimal";
import { type Misread, type Reading, readAmount, readDecimal } from "../../money/expression";
import { checkPayers } from "../../money/payers";
import type { Refusal } from "../../money/refusal";
import { defaultSplit, previewSplit, type Share, type Split } from "../../money/split";

export type SplitType = Split["type"];
export const SPLIT_TYPES = ["equal", "exact", "percentage", "shares", "adjustment", "itemized"] as const;

/** What was typed for each member, as it was typed. */
export type Typed = Record<number, string>;

export interface DraftItem {
  key: string;
  name: string;
  amount: string;
  among: number[];
}

export interface Draft {
  description: string;
  amount: string;
  currency: Currency;
  date: string;
  category: string;
  notes: string;
  /** One who paid all, or what each one paid. */
  payer: number | "several";
  paid: Typed;
  split: SplitType;
  /** Who takes part in an equal or an adjusted split. */
  among: number[];
  exact: Typed;
  percent: Typed;
  weight: Typed;
  adjustment: Typed;
  items: DraftItem[];
  tax: string;
  tip: string;
  discount: string;
}

export interface Read {
  total: Reading;
  shares: readonly Share[] | undefined;
  /** By the name of a field of the form; what is empty and not yet due is no problem. */
  problems: Partial<Record<string, Misread | Refusal>>;
  body: ExpenseIn | undefined;
}

export function today(): string {
  const now = new Date();
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

/** Begin a new expense: by whoever looks, for everybody, by their weights. */
export function freshDraft(event: EventOut, self: number | undefined, locale: string): Draft {
  const active = event.members.filter((member) => member.active);
  const usual = defaultSplit(event.members);
  const weight = Object.fromEntries(active.map((each) => [each.member, inputText(each.weight, locale)]));
  return {
    description: "",
    amount: "",
    currency: isCurrency(event.currency) ? event.currency : "EUR",
    date: today(),
    category: "",
    notes: "",
    payer: active.some((member) => member.member === self) && self !== undefined ? self : (active[0]?.member ?? 1),
    paid: {},
    split: usual.type,
    among: active.map((member) => member.member),
    exact: {},
    percent: {},
    weight,
    adjustment: {},
    items: [],
    tax: "",
    tip: "",
    discount: "",
  };
}

/** What is known of an expense already: one of the server's, or one that waits to be sent. */
export type Content = Omit<ExpenseIn, "split"> & { split?: Split | undefined };

/** Take from an expense of the server's what one may change of it. */
export function contentOf(expense: ExpenseOut): Content {
  const { description, amount, date, category, notes, paid_by, split } = expense;
  const currency = isCurrency(expense.currency) ? expense.currency : null;
  return { description, amount, currency, date, category, notes, paid_by, split };
}

/** Go on with an expense as it stands. */
export function draftOf(content: Content, event: EventOut, self: number | undefined, locale: string): Draft {
  const draft = freshDraft(event, self, locale);
  const write = (amount: string | number) => inputText(String(amount), locale);
  const typed = (parts: readonly { member: number; value: string | number }[]): Typed =>
    Object.fromEntries(parts.map((part) => [part.member, write(part.value)]));
  const paid = typeof content.paid_by === "number" ? [] : content.paid_by;
  const only = paid.length === 1 ? paid[0]?.member : undefined;
  Object.assign(draft, {
    description: content.description,
    amount: write(content.amount),
    currency: content.currency ?? draft.currency,
    date: content.date ?? draft.date,
    category: content.category ?? "",
    notes: content.notes ?? "",
    payer: typeof content.paid_by === "number" ? content.paid_by : (only ?? "several"),
    paid: typed(paid.map(({ member, amount }) => ({ member, value: amount }))),
  });
  return content.split === undefined ? draft : { ...draft, ...splitDraft(content.split, draft, write) };
}

/** Fill in what a split says, as one would have typed it. */
function splitDraft(split: Split, draft: Draft, write: (amount: string | number) => string): Partial<Draft> {
  const typed = (parts: readonly { member: number; value: string }[]): Typed =>
    Object.fromEntries(parts.map((part) => [part.member, write(part.value)]));
  switch (split.type) {
    case "equal":
      return { split: "equal", among: split.among?.length ? split.among : draft.among };
    case "exact":
      return { split: "exact", exact: typed(split.shares.map(({ member, amount }) => ({ member, value: amount }))) };
    case "percentage":
      return {
        split: split.type,
        percent: typed(split.shares.map(({ member, percent }) => ({ member, value: percent }))),
      };
    case "shares":
      return { split: "shares", weight: typed(split.shares.map(({ member, weight }) => ({ member, value: weight }))) };
    case "adjustment": {
      const adjustment = typed((split.adjustments ?? []).map(({ member, amount }) => ({ member, value: amount })));
      return { split: split.type, among: split.among?.length ? split.among : draft.among, adjustment };
    }
    case "itemized": {
      const items = split.items.map((item, index) => {
        return { key: `kept-${index}`, name: item.name ?? "", amount: write(item.amount), among: [...item.among] };
      });
      const extra = (amount: string | undefined) => (isZero(amount) ? "" : write(amount ?? ""));
      return {
        split: split.type,
        items,
        tax: extra(split.tax),
        tip: extra(split.tip),
        discount: extra(split.discount),
      };
    }
  }
}

function isZero(amount: string | undefined): boolean {
  return amount === undefined || /^-?[0.]*$/.test(amount);
}

/** Read all that was typed. */
export function readDraft(draft: Draft, event: EventOut, locale: string): Read {
  const reader = new Reader(draft, event, locale);
  const total = readAmount(draft.amount, { currency: draft.currency, locale });
  const split = reader.split();
  const paidBy = reader.paidBy();
  if (draft.description.trim() === "") reader.problems.description = { ok: false, error: "empty" };
  if (!total.ok) {
    reader.problems.amount = total;
    return { total, shares: undefined, problems: reader.problems, body: undefined };
  }
  if (paidBy !== undefined) {
    const payers = checkPayers(total.minor, draft.currency, paidBy);
    if (!payers.ok) reader.problems.payers = payers.refusal;
  }
  const preview = split === undefined ? undefined : previewSplit(total.minor, draft.currency, split, event.members);
  if (preview !== undefined && !preview.ok) reader.problems.split = preview.refusal;
  const shares = preview?.ok ? preview.shares : undefined;
  const clean = Object.keys(reader.problems).length === 0 && split !== undefined && paidBy !== undefined;
  const body = clean ? reader.body(toWire(total.minor, draft.currency), paidBy, split) : undefined;
  return { total, shares, problems: reader.problems, body };
}

class Reader {
  readonly problems: Read["problems"] = {};
  private readonly draft: Draft;
  private readonly event: EventOut;
  private readonly locale: string;

  constructor(draft: Draft, event: EventOut, locale: string) {
    this.draft = draft;
    this.event = event;
    this.locale = locale;
  }

  paidBy(): ReturnType<Reader["amounts"]> | number {
    const { payer, paid } = this.draft;
    return payer === "several" ? this.amounts(paid, "paid") : payer;
  }

  split(): Split | undefined {
    const { draft } = this;
    switch (draft.split) {
      case "equal": {
        const among = this.among();
        return among && { type: "equal", among };
      }
      case "exact": {
        const shares = this.amounts(draft.exact, "exact");
        return shares && { type: "exact", shares };
      }
      case "percentage": {
        const shares = this.decimals(draft.percent, "percent", 2);
        return (
          shares && { type: "percentage", shares: shares.map(({ member, value }) => ({ member, percent: value })) }
        );
      }
      case "shares": {
        const shares = this.decimals(draft.weight, "weight", 4);
        return shares && { type: "shares", shares: shares.map(({ member, value }) => ({ member, weight: value })) };
      }
      case "adjustment": {
        const kept = Object.entries(draft.adjustment).filter(([member]) => draft.among.includes(Number(member)));
        const adjustments = this.amounts(Object.fromEntries(kept), "adjustment", true);
        const among = this.among();
        return among && adjustments && { type: "adjustment", among, adjustments };
      }
      case "itemized":
        return this.items();
    }
  }

  /** To the server a list of nobody means everybody; here somebody has unticked them all. */
  private among(): number[] | undefined {
    if (this.draft.among.length > 0) return [...this.draft.among];
    this.problems.split = { code: "split.nobody", field: "split.among" };
    return undefined;
  }

  private items(): Split | undefined {
    const { draft } = this;
    const items = draft.items.map((item) => {
      const amount = this.amount(item.amount, `item.${item.key}`);
      return {
        ...(item.name.trim() === "" ? {} : { name: item.name.trim() }),
        amount: amount ?? "0",
        among: [...item.among],
      };
    });
    const [tax = "0", tip = "0", discount = "0"] = (["tax", "tip", "discount"] as const).map((extra) =>
      draft[extra].trim() === "" ? "0" : this.amount(draft[extra], extra),
    );
    const broken = Object.keys(this.problems).some((name) => /^(item\.|tax$|tip$|discount$)/.test(name));
    return broken ? undefined : { type: "itemized", items, tax, tip, discount };
  }

  body(amount: string, paidBy: ExpenseIn["paid_by"], split: Split): ExpenseIn {
    const { draft } = this;
    return {
      description: draft.description.trim(),
      amount,
      currency: draft.currency,
      date: draft.date,
      paid_by: paidBy,
      split,
      category: draft.category.trim() || null,
      notes: draft.notes.trim() || null,
    };
  }

  private amounts(typed: Typed, name: string, adjusting = false): { member: number; amount: string }[] | undefined {
    return this.each(typed, name, (text, field) => this.amount(text, field, adjusting))?.map(({ member, value }) => ({
      member,
      amount: value,
    }));
  }

  private amount(text: string, field: string, allowZero = true): string | undefined {
    const { currency } = this.draft;
    const reading = readAmount(text, { currency, locale: this.locale, allowZero });
    if (reading.ok) return toWire(reading.minor, currency);
    this.problems[field] = reading;
    return undefined;
  }

  private decimals(typed: Typed, name: string, decimals: number): { member: number; value: string }[] | undefined {
    return this.each(typed, name, (text, field) => {
      const reading = readDecimal(text, { decimals, locale: this.locale });
      if (reading.ok) return writeDecimal(reading.minor, decimals);
      this.problems[field] = reading;
      return undefined;
    });
  }

  /** In the order of the members; who has nothing typed takes no part. */
  private each(typed: Typed, name: string, read: (text: string, field: string) => string | undefined) {
    const found: { member: number; value: string }[] = [];
    let broken = false;
    for (const { member } of this.event.members) {
      const text = typed[member]?.trim() ?? "";
      if (text === "") continue;
      const value = read(text, `${name}.${member}`);
      if (value === undefined) broken = true;
      else found.push({ member, value });
    }
    return broken ? undefined : found;
  }
}
