import { useText } from "../../i18n";
import { SelectField } from "../../ui/field";
import type { People } from "../balances/people";

/** Choose a member; somebody who left may still have something to settle. */
export function MemberField(props: {
  label: string;
  people: People;
  value: number | undefined;
  error: string | undefined;
  onValue: (member: number) => void;
}) {
  const { t } = useText();
  const { people, value } = props;
  const ordered = [...people.event.members].sort((one, other) => Number(other.active) - Number(one.active));
  return (
    <SelectField
      data-focus
      label={props.label}
      error={props.error}
      value={value ?? ""}
      onChange={(event) => props.onValue(Number(event.target.value))}
    >
      {value === undefined && <option value="">{t("settle.choose")}</option>}
      {ordered.map(({ member }) => (
        <option key={member} value={member}>
          {people.name(member)}
        </option>
      ))}
    </SelectField>
  );
}
