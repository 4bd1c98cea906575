import { HOPS_HEADER } from "../delivery/model/attempt.ts";
import { RappelError } from "../shared/errors.ts";
import { LIMITS } from "../shared/limits.ts";
import type { HttpRequest } from "./http.ts";
import type { Route } from "./routes/route.ts";

/**
 * How many times Rappel has delivered what the request carries: its webhooks have the header `Rappel-Hops`. The routes that
 * accept events allow a few, so that accounts can relay events. A webhook to any other route is a mistake.
 * @throws {RappelError} `LOOP_DETECTED`; `REQUEST_INVALID` for a header that is not a number
 */
export function hopsIn({ function: name }: Pick<Route, "function">, { headers }: Pick<HttpRequest, "headers">): number {
  const text = headers[HOPS_HEADER];
  if (text === undefined) return 0;
  if (!/^\d{1,9}$/.test(text))
    throw new RappelError("REQUEST_INVALID", "The header Rappel-Hops is invalid: it must be a whole number");
  const hops = Number(text);
  const isIngest = name === "accept";
  if (hops <= (isIngest ? LIMITS.hopsMax : 0)) return hops;
  throw new RappelError(
    "LOOP_DETECTED",
    isIngest
      ? `Rappel has delivered this ${hops} times, and an endpoint sent it to Rappel again; at most ${LIMITS.hopsMax} times are allowed. Change the url or the eventTypes of that endpoint`
      : "This is a webhook from Rappel, and this route does not take events. Change the url of the endpoint that sent it",
  );
}

/** The header of a refused loop, by which the sending Rappel recognises it. */
export function loopHeaders({ headers }: Pick<HttpRequest, "headers">): Record<string, string> {
  return { [HOPS_HEADER]: headers[HOPS_HEADER] ?? "0" };
}
