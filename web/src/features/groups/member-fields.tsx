import { type Key, useText } from "../../i18n";
import { SelectField, TextField } from "../../ui/field";
import type { Role } from "./queries";

const ROLES: readonly Role[] = ["member", "admin", "viewer"];

export function RoleField(props: { value: Role; onValue: (role: Role) => void; error: string | undefined }) {
  const { t } = useText();
  return (
    <SelectField
      label={t("members.role")}
      hint={t(`groups.role.${props.value}.what` as Key)}
      value={props.value}
      onChange={(event) => props.onValue(event.currentTarget.value as Role)}
      error={props.error}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t(`members.role.${role}` as Key)}
        </option>
      ))}
    </SelectField>
  );
}

export function WeightField(props: { value: string; onValue: (typed: string) => void; error: string | undefined }) {
  const { t } = useText();
  return (
    <TextField
      label={t("groups.weight")}
      hint={t("groups.weight.hint")}
      inputMode="decimal"
      autoComplete="off"
      value={props.value}
      onChange={(event) => props.onValue(event.currentTarget.value)}
      error={props.error}
    />
  );
}
