import { expect, test } from "vitest";
import { addNames, MAX_MEMBERS, namesIn } from "./names";

test("a pasted list is cut at commas, lines and tabs, and blanks are left out", () => {
  expect(namesIn(" Ben,Chen  Li\n\n Dia\tEli;,\r\nFay ")).toEqual(["Ben", "Chen Li", "Dia", "Eli", "Fay"]);
});

test("a name that is there already is left to be mended, whatever its case", () => {
  const added = addNames(["Ben"], ["Asha"], "Chen, BEN, asha, chen");
  expect(added).toEqual({ people: ["Ben", "Chen"], left: ["BEN", "asha", "chen"], why: "twice" });
});

test("a name that is too long is left, counted in characters and not in bytes", () => {
  expect(addNames([], [], "😀".repeat(100)).why).toBeUndefined();
  expect(addNames([], [], "😀".repeat(101))).toEqual({ people: [], left: ["😀".repeat(101)], why: "long" });
});

test("an event takes so many people and no more", () => {
  const others = Array.from({ length: MAX_MEMBERS - 1 }, (_, at) => `Person ${at}`);
  expect(addNames([], others, "Ben, Chen")).toEqual({ people: ["Ben"], left: ["Chen"], why: "full" });
});
