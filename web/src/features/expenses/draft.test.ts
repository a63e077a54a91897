import { expect, test } from "vitest";
import type { EventOut } from "../../api/client";
import { type Content, draftOf, freshDraft, readDraft } from "./draft";

const EVENT = {
  id: "e",
  currency: "EUR",
  members: [1, 2, 3].map((member) => ({ member, name: `M${member}`, active: true, weight: "1", role: "member" })),
} as unknown as EventOut;

test("an amount and a title are enough, and the odd cent is seen", () => {
  const read = readDraft(
    { ...freshDraft(EVENT, 2, "en"), amount: "100", description: "Taxi", date: "2026-02-02" },
    EVENT,
    "en",
  );
  expect(read.body).toEqual({
    description: "Taxi",
    amount: "100.00",
    currency: "EUR",
    date: "2026-02-02",
    paid_by: 2,
    split: { type: "equal", among: [1, 2, 3] },
    category: null,
    notes: null,
  });
  expect(read.shares?.map(({ minor, odd }) => [minor, odd])).toEqual([
    [3334n, true],
    [3333n, false],
    [3333n, false],
  ]);
});

test("amounts that do not add up are no expense, and say by how much", () => {
  const draft = { ...freshDraft(EVENT, 1, "en"), amount: "10", description: "Tea", split: "exact" as const };
  const read = readDraft({ ...draft, exact: { 1: "4", 2: "5,50" } }, EVENT, "de");
  expect(read.body).toBeUndefined();
  expect(read.problems.split).toMatchObject({ code: "split.sum_mismatch", expected: 1000n, actual: 950n });
});

test.each(["equal", "adjustment"] as const)("nobody ticked is nobody, and not everybody: %s", (split) => {
  const draft = { ...freshDraft(EVENT, 1, "en"), amount: "10", description: "Tea", split, among: [] };
  const read = readDraft(draft, EVENT, "en");
  expect(read.body).toBeUndefined();
  expect(read.shares).toBeUndefined();
  expect(read.problems.split).toMatchObject({ code: "split.nobody" });
});

const CONTENTS: Content[] = [
  { description: "a", amount: "10.00", date: "2026-02-02", paid_by: 1, split: { type: "equal", among: [1, 3] } },
  {
    description: "b",
    amount: "10.00",
    date: "2026-02-02",
    paid_by: [
      { member: 1, amount: "4.00" },
      { member: 2, amount: "6.00" },
    ],
    split: {
      type: "exact",
      shares: [
        { member: 1, amount: "9.50" },
        { member: 3, amount: "0.50" },
      ],
    },
  },
  {
    description: "c",
    amount: "10.00",
    date: "2026-02-02",
    paid_by: 1,
    split: {
      type: "percentage",
      shares: [
        { member: 1, percent: "33.34" },
        { member: 2, percent: "66.66" },
      ],
    },
  },
  {
    description: "d",
    amount: "10.00",
    date: "2026-02-02",
    paid_by: 1,
    split: {
      type: "shares",
      shares: [
        { member: 1, weight: "1.5000" },
        { member: 2, weight: "2.0000" },
      ],
    },
  },
  {
    description: "e",
    amount: "10.00",
    date: "2026-02-02",
    paid_by: 1,
    split: { type: "adjustment", among: [1, 2], adjustments: [{ member: 2, amount: "-1.00" }] },
  },
  {
    description: "f",
    amount: "10.00",
    date: "2026-02-02",
    paid_by: 1,
    split: {
      type: "itemized",
      items: [
        { name: "Soup", amount: "6.00", among: [1, 2] },
        { amount: "3.00", among: [3] },
      ],
      tax: "1.00",
      tip: "0",
      discount: "0",
    },
  },
];

test.each(CONTENTS.flatMap((content) => ["en", "de", "hi", "fr-CH"].map((locale) => ({ content, locale }))))(
  "opening and saving $content.split.type in $locale changes nothing",
  ({ content, locale }) => {
    const read = readDraft(draftOf(content, EVENT, 1, locale), EVENT, locale);
    expect(read.problems).toEqual({});
    expect(read.body).toMatchObject({ amount: "10.00", paid_by: content.paid_by, split: content.split });
  },
);

test("a new expense begins with everybody's weight as the reader's language writes it", () => {
  const members = EVENT.members.map((each, index) => ({ ...each, weight: ["1", "10", "1.125"][index] ?? "1" }));
  const event = { ...EVENT, members } as EventOut;
  const draft = { ...freshDraft(event, 1, "de"), amount: "10", description: "Tee" };
  expect(draft.weight).toEqual({ 1: "1", 2: "10", 3: "1,125" });
  const shares = [1, 2, 3].map((member, index) => ({ member, weight: ["1.0000", "10.0000", "1.1250"][index] }));
  expect(readDraft(draft, event, "de").body?.split).toEqual({ type: "shares", shares });
});
