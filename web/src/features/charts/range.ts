/** Find how far amounts reach to both sides of zero. */
export function rangeOf(amounts: readonly bigint[]): { low: bigint; high: bigint } {
  let low = 0n;
  let high = 0n;
  for (const amount of amounts) {
    if (amount > high) high = amount;
    if (amount < low) low = amount;
  }
  return { low, high };
}
