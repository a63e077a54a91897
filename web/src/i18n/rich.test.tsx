import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Rich } from "./rich";

test("parts stand where the text names them, and what they say is not read as a text again", () => {
  const parts = { who: <b>{"{amount}"}</b>, amount: "€5" };
  expect(renderToStaticMarkup(<Rich text="{who} paid {amount}." parts={parts} />)).toBe("<b>{amount}</b> paid €5.");
});

test("what nobody gives stays as it is written", () => {
  expect(renderToStaticMarkup(<Rich text="{who} left" parts={{}} />)).toBe("{who} left");
});
