import { expect, test } from "vitest";
import { Refused, Unreachable } from "../api/client";
import { Once } from "./once";

function refused(status: number): Refused {
  return new Refused({ type: "about:blank", title: "No", status, code: "no", detail: "No.", request_id: "1" });
}

/** Send each input in turn; gives the keys they went out under. */
async function keysOf(inputs: unknown[], answers: (Error | string)[]): Promise<string[]> {
  const once = new Once<string>();
  const keys: string[] = [];
  for (const [at, input] of inputs.entries()) {
    const sent = once.send(input, async (key) => {
      keys.push(key);
      const given = answers[at];
      if (given instanceof Error) throw given;
      return given ?? "";
    });
    await sent.catch(() => undefined);
  }
  return keys;
}

test("what is on its way is not sent a second time", async () => {
  const once = new Once<string>();
  let sent = 0;
  const write = async () => `answer ${++sent}`;
  expect(await Promise.all([once.send({ name: "Goa" }, write), once.send({ name: "Goa" }, write)])).toEqual([
    "answer 1",
    "answer 1",
  ]);
  expect(sent).toBe(1);
});

test("the same content goes out again under the same key until it is known what became of it", async () => {
  const keys = await keysOf(["Goa", "Goa", "Goa"], [new Unreachable(), refused(503), "made"]);
  expect(new Set(keys).size).toBe(1);
});

test("other content, a refusal and a success each lead to a new key", async () => {
  const keys = await keysOf(["Goa", "Goa 2", "Goa 2", "Goa 2"], [new Unreachable(), refused(422), "made", "made"]);
  expect(new Set(keys).size).toBe(4);
});
