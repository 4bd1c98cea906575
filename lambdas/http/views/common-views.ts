import type { StatusReason } from "../../endpoints/model/endpoint-state.ts";
import type { Page } from "../../ports/page.ts";
import { idTime } from "../../shared/ids.ts";
import { cursorOf, timeText } from "../schemas/fields.ts";

export const timeOrNull = (at: number | undefined) => (at === undefined ? null : timeText(at));

/** The parameters of a status reason, without its code. */
export function statusReasonParamsView({ code: _, ...params }: StatusReason) {
  return params;
}

export const rootView = {
  name: "Rappel",
  description: "Accepts events at POST /v1/events and POSTs each one to every URL registered at /v1/endpoints.",
  openapi: "/v1/openapi.json",
  health: "/health",
};

export function listView<T, V>(
  { items, next }: Page<T>,
  view: (item: T) => V,
): { data: V[]; nextCursor: string | null } {
  return { data: items.map(view), nextCursor: cursorOf(next) };
}

/** The same for a list with filters. */
export function scannedListView<T, V>(page: Page<T>, view: (item: T) => V) {
  const { next } = page;
  return { ...listView(page, view), scannedUntil: next === undefined ? null : timeText(idTime(eventIdIn(next))) };
}

/** The event of a place in a list: a cursor of deliveries also names the endpoint. */
function eventIdIn(place: string): string {
  return place.split(/[#!]/)[0] ?? place;
}
