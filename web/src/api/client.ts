/** Speak with the API of the instance this page came from: typed by its own document, refused in its own words. */
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type EventOut = Schemas["EventOut"];
export type MemberOut = Schemas["MemberOut"];
export type ExpenseOut = Schemas["ExpenseOut"];
export type ExpenseIn = Schemas["ExpenseIn"];
export type SettlementOut = Schemas["SettlementOut"];
export type UserOut = Schemas["UserOut"];

/** What the API refused, as its problem document says it. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Schemas["Problem"];

  constructor(problem: Schemas["Problem"]) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
  }

  /** What is said of one field, if anything. */
  of(field: string): string | undefined {
    const found = this.problem.errors?.find((each) => each.field === field || each.field.startsWith(`${field}.`));
    return found ? (found.message ?? this.problem.detail) : undefined;
  }
}

/** Nothing came back: no network, or no server at its end. */
export class Unreachable extends Error {}

export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** Wait for an answer and give its content; throws Refused or Unreachable. */
export async function answer<Data>(asking: Promise<Answer<Data>>): Promise<Data> {
  let found: Answer<Data>;
  try {
    found = await asking;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  if (found.response.ok) return found.data as Data;
  throw refusal(found.error, found.response);
}

function refusal(error: unknown, response: Response): Error {
  const problem = error as Partial<Schemas["Problem"]> | undefined;
  if (problem?.code && problem.detail) return new Refused(problem as Schemas["Problem"]);
  // Something between here and the server answered in its place.
  if (response.status >= 500) return new Unreachable();
  return new Refused({
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: "http",
    detail: `${response.status} ${response.statusText}`,
    request_id: "",
  });
}
