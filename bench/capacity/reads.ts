import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { between, usedOf } from "../../local/emulator/usage-meter/ledger.ts";
import type { Caller, Rappel } from "../../test/e2e/support/harness.ts";

/** What one request to read consumes of the table. */
export interface ReadCost {
  readonly name: string;
  /** Rows of the response. */
  readonly shown: number;
  readonly requests: number;
  readonly readUnits: number;
}

const List = z.object({ data: z.array(z.unknown()) });
const Estimate = z.object({ estimate: z.object({ deliveries: z.int() }) });
const COUNTED_MS = 300; // until the last call is counted

/** @param endpoint absent if the account has none */
export async function readCosts(rappel: Rappel, caller: Caller, endpoint: string | undefined): Promise<ReadCost[]> {
  const lists = {
    "the newest 50 events": "/v1/events?limit=50",
    "the newest 50 events of a type": "/v1/events?limit=50&type=email.opened",
    "50 deliveries": "/v1/deliveries?limit=50",
    "50 deliveries that failed or wait": "/v1/deliveries?limit=50&status=pending,exhausted,cancelled",
    "endpoints, with what is pending": "/v1/endpoints?include=pending",
    "statistics of a day, by type": "/v1/stats?by=type",
  };
  const costs: ReadCost[] = [];
  for (const [name, path] of Object.entries(lists))
    costs.push(await costOf(rappel, name, async () => List.parse((await caller.call("GET", path)).json).data.length));
  if (endpoint === undefined) return costs;
  const status = { statuses: ["delivered", "pending", "exhausted"], endpoint, dryRun: true };
  const estimate = async () =>
    Estimate.parse((await caller.call("POST", "/v1/recoveries", status)).json).estimate.deliveries;
  return [...costs, await costOf(rappel, "the estimate of a recovery", estimate)];
}

async function costOf(rappel: Rappel, name: string, read: () => Promise<number>): Promise<ReadCost> {
  const counts = () => rappel.service.meter?.ledger.counts() ?? [];
  const before = counts();
  const shown = await read();
  await sleep(COUNTED_MS);
  const own = between(before, counts()).filter(({ by, service }) => by === "api" && service === "dynamodb");
  const requests = own.reduce((sum, { calls }) => sum + calls, 0);
  return { name, shown, requests, readUnits: usedOf(own, "readUnits") };
}
