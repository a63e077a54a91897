import { useText } from "../../../i18n";
import { TextField } from "../../../ui/field";

interface Typed {
  value: string;
  onValue: (value: string) => void;
  error: string | undefined;
}

/** What others call somebody. */
export function NameField({ value, onValue, error }: Typed) {
  const { t } = useText();
  return (
    <TextField
      label={t("identity.name")}
      hint={t("identity.name.hint")}
      autoComplete="name"
      required
      maxLength={100}
      value={value}
      onChange={(event) => onValue(event.currentTarget.value)}
      error={error}
    />
  );
}

/** The address that somebody signs in by: password managers keep it as the name of the account. */
export function EmailField({ value, onValue, error }: Typed) {
  const { t } = useText();
  return (
    <TextField
      label={t("identity.email")}
      type="email"
      inputMode="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      required
      value={value}
      onChange={(event) => onValue(event.currentTarget.value)}
      error={error}
    />
  );
}
