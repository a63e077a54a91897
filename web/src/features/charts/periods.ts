/** Put days into periods of one length, so that a weekend and ten years both make a picture. */

export type Length = "day" | "month" | "year";

export interface Period {
  /** Its first day. */
  day: string;
  amount: bigint;
}

const MOST_DAYS = 45;
const MOST_MONTHS = 48;
const MOST_YEARS = 100;

/** Give all periods from the first to the last, those in which nothing happened too. */
export function periodsOf(days: readonly Period[]): { length: Length; periods: Period[] } {
  const first = days[0]?.day;
  const last = days.at(-1)?.day;
  if (first === undefined || last === undefined) return { length: "day", periods: [] };
  const length = lengthOf(first, last);
  const sums = new Map<string, bigint>();
  const end = begin(last, length);
  for (let at = begin(first, length); at <= end && sums.size <= MOST_YEARS; at = next(at, length)) sums.set(at, 0n);
  for (const { day, amount } of days) sums.set(begin(day, length), (sums.get(begin(day, length)) ?? 0n) + amount);
  const periods = [...sums].map(([day, amount]) => ({ day, amount }));
  return { length, periods: periods.sort((one, other) => (one.day < other.day ? -1 : 1)) };
}

function lengthOf(first: string, last: string): Length {
  const days = (Date.parse(last) - Date.parse(first)) / 86_400_000;
  if (days < MOST_DAYS) return "day";
  return days < MOST_MONTHS * 30 ? "month" : "year";
}

function begin(day: string, length: Length): string {
  if (length === "day") return day;
  return length === "month" ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`;
}

function next(day: string, length: Length): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (length === "day") at.setUTCDate(at.getUTCDate() + 1);
  else if (length === "month") at.setUTCMonth(at.getUTCMonth() + 1);
  else at.setUTCFullYear(at.getUTCFullYear() + 1);
  return at.toISOString().slice(0, 10);
}
