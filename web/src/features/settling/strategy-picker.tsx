import { type Asked, STRATEGIES, type Strategy } from "../../data/settling";
import { useText } from "../../i18n";
import { exponent } from "../../money/currency";
import { SelectField } from "../../ui/field";
import { formatMoney } from "../../ui/money";
import type { People } from "../balances/people";

interface Picking {
  people: People;
  chosen: Strategy;
  asked: Asked;
  onAsked: (asked: Asked) => void;
}

/** Choose how payments are found; each way says in a sentence what it is good for. */
export function StrategyPicker({ people, chosen, asked, onAsked }: Picking) {
  const { t } = useText();
  function choose(strategy: Strategy) {
    const { hub: _, ...kept } = asked;
    onAsked({ ...kept, strategy });
  }
  return (
    <details className="rounded-card border border-line bg-surface">
      <summary className="min-h-11 cursor-pointer rounded-card px-4 py-3 hover:bg-sunken">
        <span className="font-semibold">{t("settle.how")}</span>{" "}
        <span className="text-quiet">{t(`settle.by.${chosen}`)}</span>
      </summary>
      <div className="grid gap-4 px-4 pb-4">
        <fieldset className="grid gap-1">
          <legend className="sr-only">{t("settle.how")}</legend>
          {STRATEGIES.map((strategy) => (
            <label key={strategy} className="flex min-h-11 items-start gap-3 rounded-xl px-2 py-2 has-checked:bg-tint">
              <input
                type="radio"
                name="strategy"
                className="mt-1 size-5 shrink-0 accent-(--accent)"
                checked={chosen === strategy}
                onChange={() => choose(strategy)}
              />
              <span>
                <span className="inline-block font-medium first-letter:uppercase">{t(`settle.by.${strategy}`)}</span>
                <span className="block text-sm text-quiet">{t(`settle.by.${strategy}.what`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {chosen === "hub" && <Hub {...{ people, asked, onAsked }} />}
        <RoundTo {...{ people, asked, onAsked }} />
      </div>
    </details>
  );
}

function Hub({ people, asked, onAsked }: Omit<Picking, "chosen">) {
  const { t } = useText();
  const { members, settle_by } = people.event;
  const active = members.filter((member) => member.active);
  const usual = settle_by?.hub ?? active.find((member) => member.role === "admin")?.member ?? 1;
  return (
    <SelectField
      label={t("settle.hub")}
      value={asked.hub ?? usual}
      onChange={(event) => onAsked({ ...asked, strategy: "hub", hub: Number(event.target.value) })}
    >
      {active.map(({ member }) => (
        <option key={member} value={member}>
          {people.name(member)}
        </option>
      ))}
    </SelectField>
  );
}

const EXACT = "0";

function RoundTo({ people, asked, onAsked }: Omit<Picking, "chosen">) {
  const { t, locale } = useText();
  const { currency, settle_by } = people.event;
  const usual = settle_by?.round_to ?? EXACT;
  const units = exponent(currency) === 0 ? ["10", "100", "1000"] : ["1", "5", "10", "100"];
  const offered = [...new Set([EXACT, ...units, usual])];
  return (
    <SelectField
      label={t("settle.round")}
      hint={t("settle.round.what")}
      value={asked.round_to ?? usual}
      onChange={(event) => onAsked({ ...asked, round_to: event.target.value })}
    >
      {offered.map((unit) => (
        <option key={unit} value={unit}>
          {unit === EXACT ? t("settle.round.exact") : formatMoney(unit, currency, locale)}
        </option>
      ))}
    </SelectField>
  );
}
