import type { Text } from "../../i18n";
import { formatAmount } from "../../money/amount";
import { writeDecimal } from "../../money/decimal";
import type { Misread } from "../../money/expression";
import type { Refusal } from "../../money/refusal";
import { misreadText } from "../../ui/misread";

/** Say what is wrong with a split or its payers, with both numbers. */
export function problemText(
  problem: Misread | Refusal | undefined,
  currency: string,
  text: Text,
  name: (member: number) => string,
) {
  if (problem === undefined) return undefined;
  if ("ok" in problem) return misreadText(problem, currency, text, true);
  const { t, locale } = text;
  const write = (value: bigint | undefined) => {
    if (value === undefined) return "";
    if (problem.unit === "percent") return `${writeDecimal(value, 2)} %`;
    if (problem.unit === "weight") return writeDecimal(value, 4);
    return problem.unit === "count" ? String(value) : formatAmount(value, currency, locale);
  };
  const { expected, actual } = problem;
  const missing = expected !== undefined && actual !== undefined ? expected - actual : 0n;
  const numbers = {
    expected: write(expected),
    actual: write(actual),
    missing: write(missing < 0n ? -missing : missing),
  };
  const who = { ...numbers, name: problem.member === undefined ? "" : name(problem.member) };
  switch (problem.code) {
    case "split.sum_mismatch":
    case "split.percent_mismatch":
    case "split.items_mismatch":
    case "payers.sum_mismatch":
      return t(missing > 0n ? "split.problem.left" : "split.problem.over", who);
    case "split.nobody":
      return t("split.problem.nobody");
    case "payers.nobody":
      return t("split.problem.no_payer");
    case "split.no_items":
      return t("split.problem.no_items");
    case "split.negative_share":
      return t("split.problem.negative_share", who);
    case "split.weights_all_zero":
      return t("split.problem.weights_all_zero");
    case "split.wrong_sign":
    case "payers.wrong_sign":
      return t("split.problem.wrong_sign", who);
    default:
      return t("split.problem.else");
  }
}
