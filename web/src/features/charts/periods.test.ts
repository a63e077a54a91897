import { expect, test } from "vitest";
import { periodsOf } from "./periods";

const on = (day: string, amount: bigint) => ({ day, amount });

test("a few days are shown one by one, the empty ones too", () => {
  const found = periodsOf([on("2026-02-27", 5n), on("2026-03-02", 7n)]);
  expect(found.length).toBe("day");
  expect(found.periods).toEqual([
    on("2026-02-27", 5n),
    on("2026-02-28", 0n),
    on("2026-03-01", 0n),
    on("2026-03-02", 7n),
  ]);
});

test("months of a year are summed up, across its end", () => {
  const found = periodsOf([on("2025-11-30", 1n), on("2025-12-01", 2n), on("2025-12-31", 4n), on("2026-02-01", 8n)]);
  expect(found.length).toBe("month");
  expect(found.periods).toEqual([
    on("2025-11-01", 1n),
    on("2025-12-01", 6n),
    on("2026-01-01", 0n),
    on("2026-02-01", 8n),
  ]);
});

test("many years are shown by the year", () => {
  const found = periodsOf([on("2016-05-01", 1n), on("2026-05-01", 2n)]);
  expect(found.length).toBe("year");
  expect(found.periods.map(({ day }) => day)).toHaveLength(11);
});

test("a date typed a thousand years off makes no thousand columns, and no amount is lost", () => {
  const found = periodsOf([on("1026-05-01", 1n), on("2026-05-01", 2n)]);
  expect(found.periods.length).toBeLessThan(105);
  expect(found.periods.reduce((sum, { amount }) => sum + amount, 0n)).toBe(3n);
});

test("nothing spent is no period", () => {
  expect(periodsOf([]).periods).toEqual([]);
});
