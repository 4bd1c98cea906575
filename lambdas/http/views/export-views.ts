import * as z from "zod";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import type { ExportHead, ExportPage } from "../../export/model/export-page.ts";
import { AccountForm, CallbackForm, EndpointForm, EventForm, HEAD } from "../responses/export-forms.ts";
import { MASK } from "../schemas/url-field.ts";

/**
 * A page as a part of the file: all parts together are one JSON document, with one object per line, so that line-based
 * tools can read it.
 * @param maxBytes the events that fit, at least one; the others are left to the next part
 */
export function exportPart(
  { head, events, next }: ExportPage,
  maxBytes = Number.POSITIVE_INFINITY,
): { readonly text: string; readonly next?: string } {
  const lines = head === undefined ? [] : [headText(head)];
  let bytes = Buffer.byteLength(lines.join(""));
  let written = 0;
  for (const each of events) {
    const line = `${head !== undefined && written === 0 ? "" : ","}\n${eventText(each)}`;
    bytes += Buffer.byteLength(line);
    if (written > 0 && bytes > maxBytes) break;
    lines.push(line);
    written++;
  }
  const rest = written < events.length ? events[written - 1]?.event.id : next;
  if (rest !== undefined) return { text: lines.join(""), next: rest };
  return { text: `${lines.join("")}\n]}\n` };
}

function headText({ exportedAt, account, endpoints, callbacks }: ExportHead): string {
  const head = { ...HEAD, exportedAt: new Date(exportedAt).toISOString() };
  return [
    `${JSON.stringify(head).slice(0, -1)},\n"account":${JSON.stringify(z.encode(AccountForm, account))},\n"endpoints":[`,
    listText(endpoints.map(endpointForm)),
    '\n],\n"callbacks":[',
    listText(callbacks.map((one) => z.encode(CallbackForm, { ...one, ...masked(one) }))),
    '\n],\n"events":[',
  ].join("");
}

function listText(items: readonly unknown[]): string {
  return items.map((item, n) => `${n === 0 ? "" : ","}\n${JSON.stringify(item)}`).join("");
}

function eventText({ event, deliveries }: ExportPage["events"][number]): string {
  return JSON.stringify(z.encode(EventForm, { ...event, deliveries }));
}

function endpointForm({ endpoint, state }: { endpoint: Endpoint; state: EndpointState }) {
  const { userinfo, headers, ...plain } = endpoint;
  return z.encode(EndpointForm, {
    ...plain,
    ...masked({ userinfo }),
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, MASK])),
    state,
  });
}

/** Masked as in API responses. A user without a password may be a token. */
function masked({ userinfo }: { readonly userinfo?: Endpoint["userinfo"] | undefined }): Pick<Endpoint, "userinfo"> {
  if (userinfo === undefined) return {};
  const { user, password } = userinfo;
  return { userinfo: password === "" ? { user: MASK, password: "" } : { user, password: MASK } };
}
