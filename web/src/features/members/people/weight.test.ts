import { expect, test } from "vitest";
import { shownWeight, weightOf } from "./weight";

test("a weight is read with a comma or a point, in any digits", () => {
  expect(weightOf("2", "en-US")).toBe("2");
  expect(weightOf("1.5", "en-US")).toBe("1.5");
  expect(weightOf("1,5", "en-US")).toBe("1.5");
  expect(weightOf("1,125", "de-DE")).toBe("1.125");
  expect(weightOf("१.५", "hi-IN")).toBe("1.5");
});

test("what could be a thousand, or is no number, is no weight", () => {
  for (const typed of ["1,500", "", "two", "-1", "1.23456", "1.5.2"]) expect(weightOf(typed, "en-US")).toBeNull();
  expect(weightOf("1.500", "de-DE")).toBeNull();
});

test("a weight is shown as it would be typed", () => {
  expect(shownWeight("1.5", "de-DE")).toBe("1,5");
  expect(weightOf(shownWeight("1.125", "de-DE"), "de-DE")).toBe("1.125");
  expect(weightOf(shownWeight("12345", "en-US"), "en-US")).toBe("12345");
});
