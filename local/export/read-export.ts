import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Account } from "../../lambdas/accounts/model/account.ts";
import { clock } from "../../lambdas/adapters/aws/clock-and-random.ts";
import type { EndedDelivery, LoggedEvent, PendingDelivery } from "../../lambdas/delivery/model/delivery.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { type EventForm, ExportForm, HEAD } from "../../lambdas/http/responses/export-forms.ts";
import type { CallbackWithTarget } from "../../lambdas/mailjet/model/callback.ts";
import type { Accounts } from "../../lambdas/ports/accounts.ts";
import type { Deliveries, UnsuccessfulDeliveries } from "../../lambdas/ports/deliveries.ts";
import type { Endpoints, States } from "../../lambdas/ports/endpoints.ts";
import type { EventLog } from "../../lambdas/ports/events.ts";
import { memoryDeliveries } from "../simulator/memory/deliveries.ts";
import { memoryEndpoints } from "../simulator/memory/endpoints.ts";
import { memoryEventLog } from "../simulator/memory/event-log.ts";
import { memoryUnsuccessfulDeliveries } from "../simulator/memory/unsuccessful-deliveries.ts";

/** An export in memory, with the ports that the API reads. */
export interface ReadExport {
  readonly account: Account;
  readonly exportedAt: number;
  readonly events: number;
  /** Callbacks of the Mailjet-compatible API, and whether their endpoints are active or failing. */
  readonly callbacks: readonly { readonly callback: CallbackWithTarget; readonly isAlive: boolean }[];
  readonly world: {
    readonly accounts: Accounts;
    readonly endpoints: Endpoints;
    readonly states: States;
    readonly log: EventLog;
    readonly deliveries: Deliveries;
    readonly unsuccessful: UnsuccessfulDeliveries;
  };
}

/** Reads an export into memory. @throws {Error} if the file is not a valid export */
export async function readExport(path: string): Promise<ReadExport> {
  const { account: config, exportedAt, endpoints, events, callbacks: exportedCallbacks } = exportIn(path);
  const account = { ...config, revision: 0 };
  const memory = memoryEndpoints();
  const log = memoryEventLog(clock);
  const deliveries = memoryDeliveries();
  for (const { state, ...endpoint } of endpoints) {
    const { id, createdAt } = endpoint;
    const fullEndpoint = { ...endpoint, account: account.id, secrets: [], version: 1 };
    await memory.endpoints.add(fullEndpoint, { ...newState(id, account.id, createdAt), ...state });
  }
  for (const event of events) {
    await log.add(loggedEvent(event, account.id, exportedAt));
    for (const delivery of event.deliveries) await put(deliveries, delivery, event, account.id);
  }
  const accounts = { ...memory.accounts, find: async () => account };
  const statuses = new Map(endpoints.map(({ id, state }) => [id, state.status]));
  const callbacks = exportedCallbacks.flatMap((callback) => {
    const status = statuses.get(callback.endpoint);
    return status === undefined ? [] : [{ callback, isAlive: status === "active" || status === "failing" }];
  });
  const unsuccessful = memoryUnsuccessfulDeliveries(deliveries, log);
  const world = { ...memory, accounts, log, deliveries, unsuccessful };
  return { account, exportedAt, events: events.length, callbacks, world };
}

type ReadEvent = z.output<typeof EventForm>;
// Nothing in an export expires.
const NEVER = Number.MAX_SAFE_INTEGER;

/** The event's deliveries are stored as separate items, even if the event's own item held them before the export. */
function loggedEvent({ deliveries, ...event }: ReadEvent, account: string, at: number): LoggedEvent {
  const storedSeparately = { code: "untried", durationMs: 0, at } as const;
  const parked = Object.fromEntries(deliveries.map(({ endpoint }) => [endpoint, storedSeparately]));
  return { ...event, account, delivered: {}, withheld: {}, parked, resentTo: [], keptUntil: NEVER };
}

async function put(
  deliveries: Deliveries,
  { status, failures = 0, dueAt = 0, reason, ...delivery }: ReadEvent["deliveries"][number],
  { id: eventId, type, acceptedAt }: ReadEvent,
  account: string,
): Promise<void> {
  const common = { ...delivery, account, eventId, type, keptUntil: NEVER };
  if (status === "pending") await deliveries.addToBacklog({ ...common, failures, dueAt } satisfies PendingDelivery);
  else
    await deliveries.recordOutcome({
      ...common,
      status,
      endedAt: acceptedAt,
      ...(reason !== undefined && { reason }),
    } satisfies EndedDelivery);
}

function exportIn(path: string): z.output<typeof ExportForm> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new Error(`Cannot read ${path}: ${why}`, { cause });
  };
  const json = parsed(path, refuse);
  const head = z.object({ rappel: z.literal(HEAD.rappel), version: z.number() }).safeParse(json);
  if (!head.success) return refuse("it is not an export of Rappel; npm run export writes one");
  if (head.data.version !== HEAD.version)
    return refuse(`its version is ${head.data.version}, but this version of Rappel reads version ${HEAD.version}`);
  const read = ExportForm.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return refuse(`the value at /${issue?.path.join("/")} is invalid (${issue?.message})`);
}

function parsed(path: string, refuse: (why: string, cause?: unknown) => never): unknown {
  const text = (() => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error), error);
    }
  })();
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse("it is not JSON; it may have been cut off", error);
  }
}
