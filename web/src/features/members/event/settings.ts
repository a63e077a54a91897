/** The settings of an event as people choose them, and as the API takes them. */
import type { EventOut } from "../../../api/client";
import type { EventPatch } from "../../../data/members";

export const WAYS = ["fewest", "direct", "cycle_free", "familiar", "hub", "cheapest"] as const;
export type Way = (typeof WAYS)[number];
export const EDITORS = ["anyone", "payer_and_author", "admins"] as const;

export interface Settings {
  name: string;
  kind: EventOut["kind"];
  edit_by: EventOut["edit_by"];
  /** How plans are made: what the API says with a strategy, and where there is none with `simplify`. */
  way: Way;
  hub: number | null;
}

export function settingsOf(event: EventOut): Settings {
  const strategy = event.settle_by?.strategy ?? (event.simplify ? "fewest" : "direct");
  return {
    name: event.name,
    kind: event.kind,
    edit_by: event.edit_by,
    way: WAYS.find((each) => each === strategy) ?? "fewest",
    hub: event.settle_by?.hub ?? null,
  };
}

export type Field = keyof Settings;
export const FIELDS: readonly Field[] = ["name", "kind", "edit_by", "way", "hub"];

/** Tell which settings somebody chose otherwise than an event has them. */
export function changed(edits: Partial<Settings>, event: EventOut): Field[] {
  const known = settingsOf(event);
  return FIELDS.filter((field) => {
    const value = edits[field];
    return value !== undefined && (field === "name" ? String(value).trim() : value) !== known[field];
  });
}

/** Write what was chosen as a change of the event; what else its plans keep to stays. */
export function patchOf(edits: Partial<Settings>, event: EventOut): EventPatch {
  const fields = changed(edits, event);
  const wanted = { ...settingsOf(event), ...edits };
  const patch: EventPatch = {};
  if (fields.includes("name")) patch.name = wanted.name.trim();
  if (fields.includes("kind") && wanted.kind !== "direct") patch.kind = wanted.kind;
  if (fields.includes("edit_by")) patch.edit_by = wanted.edit_by;
  if (fields.includes("way") || fields.includes("hub")) {
    const plain = wanted.way === "fewest" || wanted.way === "direct";
    if (plain) patch.simplify = wanted.way === "fewest";
    const hub = wanted.way === "hub" ? wanted.hub : null;
    const kept = (event.settle_by ?? {}) as NonNullable<EventPatch["settle_by"]>;
    patch.settle_by = { ...kept, strategy: plain ? null : wanted.way, hub };
  }
  return patch;
}
