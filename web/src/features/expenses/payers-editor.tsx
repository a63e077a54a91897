import type { EventOut } from "../../api/client";
import { nameOf } from "../../data/events";
import { useText } from "../../i18n";
import { SelectField } from "../../ui/field";
import type { Draft, Read } from "./draft";
import { problemText } from "./problem-text";
import { TypedField } from "./typed-field";

/** Who paid: one, in a list, or several with what each one paid. */
export function PayersEditor(props: {
  event: EventOut;
  draft: Draft;
  read: Read;
  change: (changed: Partial<Draft>) => void;
}) {
  const text = useText();
  const { t } = text;
  const { event, draft, read, change } = props;
  const listed = event.members.filter((one) => one.active || draft.payer === one.member || draft.paid[one.member]);
  const problem = problemText(read.problems.payers, draft.currency, text, (member) => nameOf(event, member));
  return (
    <div className="grid gap-2">
      <SelectField
        label={t("expense.paid_by")}
        value={String(draft.payer)}
        onChange={(event) => {
          const { value } = event.target;
          change({ payer: value === "several" ? "several" : Number(value) });
        }}
      >
        {listed.map(({ member, name }) => (
          <option key={member} value={member}>
            {name}
          </option>
        ))}
        {listed.length > 1 && <option value="several">{t("expense.several")}</option>}
      </SelectField>
      {draft.payer === "several" && (
        <div className="grid gap-1">
          {listed.map(({ member, name }) => (
            <div key={member} className="flex items-center justify-between gap-3">
              <span className="min-w-0">{name}</span>
              <TypedField
                label={t("expense.paid_of", { name })}
                unit={draft.currency}
                value={draft.paid[member] ?? ""}
                problem={read.problems[`paid.${member}`]}
                currency={draft.currency}
                onValue={(value) => change({ paid: { ...draft.paid, [member]: value } })}
              />
            </div>
          ))}
          {problem !== undefined && read.total.ok && (
            <p role="status" tabIndex={-1} data-problem className="text-sm font-medium text-owes">
              {problem}
            </p>
          )}
        </div>
      )}
    </div>
  );
}
