import type { Page } from "../../ports/page.ts";
import { cursorOf } from "../schemas/fields.ts";

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
