/** Weights are plain decimals; people write them as their language does. */
import { habitsOf, plainText } from "../../money/typed";

export function weightOf(typed: string): string {
  return plainText(typed).replace(",", ".");
}

export function writeWeight(weight: string, locale: string): string {
  return weight.replace(".", habitsOf(locale).decimal ?? ".");
}
