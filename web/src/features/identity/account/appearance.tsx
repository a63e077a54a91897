import { useId, useState } from "react";
import { type Key, type Language, useText } from "../../../i18n";
import { LANGUAGES } from "../../../i18n/catalogue";
import { applyTheme, chosenTheme, THEMES, type Theme } from "../../../theme";
import { SelectField } from "../../../ui/field";
import { Section } from "../parts/section";

/** How the app looks and speaks on this device. */
export function Appearance() {
  const { t, language, setLanguage } = useText();
  const [theme, setTheme] = useState(chosenTheme);
  const name = useId();

  function choose(next: Theme): void {
    applyTheme(next);
    setTheme(next);
  }

  return (
    <Section title={t("account.appearance")} lead={t("account.appearance.what")}>
      <fieldset>
        <legend className="mb-1 text-sm font-medium">{t("theme.label")}</legend>
        <div className="flex flex-wrap gap-x-4">
          {THEMES.map((each) => (
            <label key={each} className="flex min-h-11 items-center gap-2">
              <input
                type="radio"
                name={name}
                value={each}
                checked={theme === each}
                onChange={() => choose(each)}
                className="size-5 accent-(--accent)"
              />
              {t(`theme.${each}` as Key)}
            </label>
          ))}
        </div>
      </fieldset>
      <SelectField
        label={t("language.label")}
        value={language}
        onChange={(event) => setLanguage(event.currentTarget.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([code, own]) => (
          <option key={code} value={code} lang={code}>
            {own}
          </option>
        ))}
      </SelectField>
    </Section>
  );
}
