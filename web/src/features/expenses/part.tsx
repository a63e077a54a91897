import { useText } from "../../i18n";
import { formatAmount } from "../../money/amount";
import type { Share } from "../../money/split";

/** What one comes to, and whether the odd unit is in it. */
export function Part(props: { name: string; share: Share | undefined; currency: string; className?: string }) {
  const { name, share, currency, className = "" } = props;
  const { t, locale } = useText();
  return (
    <output aria-label={name} className={`money text-quiet ${className}`}>
      {share !== undefined && formatAmount(share.minor, currency, locale)}
      {share?.odd && (
        <span className="ms-1 text-accent" title={t("split.odd")}>
          <span aria-hidden="true">+</span>
          <span className="sr-only">{t("split.odd")}</span>
        </span>
      )}
    </output>
  );
}
