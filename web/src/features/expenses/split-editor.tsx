import { useId } from "react";
import type { EventOut } from "../../api/client";
import { nameOf } from "../../data/events";
import { type Key, useText } from "../../i18n";
import { inputText } from "../../money/amount";
import { CheckField } from "../../ui/field";
import { type Draft, type Read, SPLIT_TYPES, type SplitType, type Typed } from "./draft";
import { ItemsEditor } from "./items-editor";
import { Part } from "./part";
import { problemText } from "./problem-text";
import { TypedField } from "./typed-field";

type Change = (changed: Partial<Draft>) => void;
interface Editing {
  event: EventOut;
  draft: Draft;
  read: Read;
  /** Whether what is missing is said too, as it is once somebody tried to save. */
  strict: boolean;
  change: Change;
}

/** How an expense is shared: the kind, what it needs to know of each one, and what each one's part comes to. */
export function SplitEditor(props: Editing) {
  const text = useText();
  const { t } = text;
  const { event, draft, read, change } = props;
  const id = useId();
  const problem = problemText(read.problems.split, draft.currency, text, (member) => nameOf(event, member));
  return (
    <fieldset className="grid gap-3" aria-describedby={problem === undefined ? undefined : `${id}-problem`}>
      <legend className="mb-1 text-sm font-medium">{t("split.how")}</legend>
      <div className="flex flex-wrap gap-2">
        {SPLIT_TYPES.map((type) => (
          <label
            key={type}
            className="relative grid min-h-11 place-items-center rounded-xl border border-line px-3 has-checked:border-accent has-checked:bg-tint has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              className="sr-only"
              name={`${id}-type`}
              checked={draft.split === type}
              onChange={() => change(switchTo(type, draft, event, text.locale))}
            />
            {t(`split.${type}` as Key)}
          </label>
        ))}
      </div>
      <p className="text-sm text-quiet">{t(`split.${draft.split}.what` as Key)}</p>
      {draft.split === "itemized" ? <ItemsEditor {...props} /> : <MemberParts {...props} />}
      {problem !== undefined && read.total.ok && (
        <p id={`${id}-problem`} role="status" tabIndex={-1} data-problem className="text-sm font-medium text-owes">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

/** Begin another kind of split where the one before it stood, so that little must be typed again. */
function switchTo(type: SplitType, draft: Draft, event: EventOut, locale: string): Partial<Draft> {
  if (type === "itemized" && draft.items.length === 0) {
    return {
      split: type,
      items: [
        { key: crypto.getRandomValues(new Uint32Array(1)).join(), name: "", amount: draft.amount, among: draft.among },
      ],
    };
  }
  if (type === "percentage" && Object.keys(draft.percent).length === 0) {
    return { split: type, percent: evenPercents(draft.among, locale) };
  }
  if (type === "shares" && Object.keys(draft.weight).length === 0) {
    return {
      split: type,
      weight: Object.fromEntries(event.members.filter((one) => one.active).map((one) => [one.member, "1"])),
    };
  }
  return { split: type };
}

/** Hundredths of a percent, handed out evenly; the first ones have one more where they don't divide. */
function evenPercents(among: readonly number[], locale: string): Typed {
  const each = Math.floor(10_000 / Math.max(1, among.length));
  const left = 10_000 - each * among.length;
  const write = (value: number) => inputText((value / 100).toFixed(value % 100 === 0 ? 0 : 2), locale);
  return Object.fromEntries(among.map((member, index) => [member, write(each + (index < left ? 1 : 0))]));
}

function MemberParts(props: Editing) {
  const { event, draft, read, change } = props;
  const { t } = useText();
  // Who left still shows where they take part already.
  const listed = event.members.filter(
    (one) => one.active || draft.among.includes(one.member) || hasTyped(draft, one.member),
  );
  const shares = new Map(read.shares?.map((share) => [share.member, share]));
  const chooses = draft.split === "equal" || draft.split === "adjustment";
  const all = listed.map((one) => one.member);
  return (
    <div className="grid gap-1">
      {chooses && listed.length > 3 && (
        <CheckField
          label={t("split.everybody")}
          checked={all.every((member) => draft.among.includes(member))}
          onChange={(event) => change({ among: event.target.checked ? all : [] })}
        />
      )}
      {listed.map(({ member, name }) => {
        const typed = draft.split !== "equal" && (!chooses || draft.among.includes(member));
        return (
          <div
            key={member}
            className="grid min-h-12 grid-cols-[1fr_auto] items-center gap-x-3 sm:grid-cols-[1fr_auto_7rem]"
          >
            {chooses ? (
              <CheckField
                label={name}
                checked={draft.among.includes(member)}
                onChange={(event) => change({ among: toggled(all, draft.among, member, event.target.checked) })}
              />
            ) : (
              <span className="min-w-0">{name}</span>
            )}
            {typed && (
              <div className="max-sm:row-span-2">
                <PartField {...props} member={member} name={name} />
              </div>
            )}
            {/* Beside a field there is no room for it on a telephone: it goes below the name. */}
            <Part
              name={name}
              share={shares.get(member)}
              currency={draft.currency}
              className={
                typed
                  ? `justify-self-start max-sm:text-sm sm:justify-self-end ${chooses ? "max-sm:ps-8" : ""}`
                  : "justify-self-end sm:col-start-3"
              }
            />
          </div>
        );
      })}
    </div>
  );
}

const FIELDS = { exact: "exact", percentage: "percent", shares: "weight", adjustment: "adjustment" } as const;

function hasTyped(draft: Draft, member: number): boolean {
  const field = FIELDS[draft.split as keyof typeof FIELDS];
  return field !== undefined && (draft[field][member] ?? "") !== "";
}

function PartField(props: Editing & { member: number; name: string }) {
  const { t } = useText();
  const { draft, read, change, member, name } = props;
  const field = FIELDS[draft.split as keyof typeof FIELDS];
  return (
    <TypedField
      label={t(`split.${draft.split}.of` as Key, { name })}
      unit={draft.split === "percentage" ? "%" : draft.split === "shares" ? "×" : draft.currency}
      value={draft[field][member] ?? ""}
      problem={read.problems[`${field}.${member}`]}
      currency={draft.currency}
      onValue={(value) => change({ [field]: { ...draft[field], [member]: value } })}
    />
  );
}

function toggled(all: readonly number[], among: readonly number[], member: number, on: boolean): number[] {
  return all.filter((each) => (each === member ? on : among.includes(each)));
}
