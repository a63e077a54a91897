import type { EventOut } from "../../api/client";
import { nameOf } from "../../data/events";
import { useText } from "../../i18n";
import { formatAmount } from "../../money/amount";
import { readAmount } from "../../money/expression";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { PlusIcon } from "../../ui/icons";
import type { Draft, DraftItem, Read } from "./draft";
import { Part } from "./part";
import { TypedField } from "./typed-field";

interface Editing {
  event: EventOut;
  draft: Draft;
  read: Read;
  /** Whether what is missing is said too, as it is once somebody tried to save. */
  strict: boolean;
  change: (changed: Partial<Draft>) => void;
}

/** The lines of a bill: who had what; tax, tip and discount follow what each one had. */
export function ItemsEditor({ event, draft, read, strict, change }: Editing) {
  const { t } = useText();
  const active = event.members.filter((one) => one.active);
  const put = (key: string, changed: Partial<DraftItem>) =>
    change({ items: draft.items.map((item) => (item.key === key ? { ...item, ...changed } : item)) });
  const add = () =>
    change({
      items: [
        ...draft.items,
        {
          key: crypto.getRandomValues(new Uint32Array(1)).join(),
          name: "",
          amount: "",
          among: active.map((one) => one.member),
        },
      ],
    });
  return (
    <div className="grid gap-3">
      {draft.items.map((item, index) => (
        <fieldset key={item.key} className="grid gap-2 rounded-xl border border-line p-3">
          <legend className="px-1 text-sm text-quiet">{t("items.item", { number: index + 1 })}</legend>
          <div className="flex flex-wrap items-start gap-2">
            <div className="min-w-0 grow basis-36">
              <TextField
                label={t("items.name")}
                labelHidden
                placeholder={t("items.name")}
                maxLength={200}
                value={item.name}
                onChange={(typed) => put(item.key, { name: typed.target.value })}
              />
            </div>
            <TypedField
              label={t("items.amount", { number: index + 1 })}
              unit={draft.currency}
              value={item.amount}
              problem={!strict && item.amount.trim() === "" ? undefined : read.problems[`item.${item.key}`]}
              currency={draft.currency}
              onValue={(amount) => put(item.key, { amount })}
            />
          </div>
          <div className="flex flex-wrap gap-2">
            {active.map(({ member, name }) => (
              <label
                key={member}
                className="relative grid min-h-11 place-items-center rounded-full border border-line px-3 text-sm has-checked:border-accent has-checked:bg-tint has-focus-visible:outline-2 has-focus-visible:outline-accent"
              >
                <input
                  type="checkbox"
                  className="sr-only"
                  checked={item.among.includes(member)}
                  onChange={(typed) =>
                    put(item.key, {
                      among: typed.target.checked
                        ? [...item.among, member]
                        : item.among.filter((each) => each !== member),
                    })
                  }
                />
                {name}
              </label>
            ))}
          </div>
          <Button look="quiet" onClick={() => change({ items: draft.items.filter((each) => each.key !== item.key) })}>
            {t("items.remove", { number: index + 1 })}
          </Button>
        </fieldset>
      ))}
      <Button onClick={add}>
        <PlusIcon />
        {t("items.add")}
      </Button>
      {(["tax", "tip", "discount"] as const).map((extra) => (
        <div key={extra} className="flex items-center justify-between gap-3">
          <span>{t(`items.${extra}`)}</span>
          <TypedField
            label={t(`items.${extra}`)}
            unit={draft.currency}
            value={draft[extra]}
            problem={read.problems[extra]}
            currency={draft.currency}
            onValue={(value) => change({ [extra]: value })}
          />
        </div>
      ))}
      <ItemTotal draft={draft} />
      {read.shares !== undefined && (
        <ul aria-label={t("split.shares")} className="grid gap-1">
          {read.shares.map((share) => {
            const name = nameOf(event, share.member);
            return (
              <li key={share.member} className="flex justify-between gap-3">
                <span>{name}</span>
                <Part name={name} share={share} currency={draft.currency} />
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function ItemTotal({ draft }: { draft: Draft }) {
  const { t, locale } = useText();
  const read = (text: string) => {
    const found = readAmount(text, { currency: draft.currency, locale, allowZero: true });
    return found.ok ? found.minor : 0n;
  };
  const sum = draft.items.reduce(
    (total, item) => total + read(item.amount),
    read(draft.tax) + read(draft.tip) - read(draft.discount),
  );
  return (
    <p className="flex justify-between gap-3 border-t border-line pt-2 font-medium">
      <span>{t("items.total")}</span>
      <span className="money">{formatAmount(sum, draft.currency, locale)}</span>
    </p>
  );
}
