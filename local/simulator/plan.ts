import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { newSecret, SECRET_BYTES } from "../../lambdas/payload/signature.ts";
import type { RetrySchedule } from "../../lambdas/retry/model/retry-schedule.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import type { Chance } from "./faults.ts";
import type { Receiver } from "./receivers.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OUTAGE_MINUTES = 330;

/** What happens in a run: who listens, and when events come. */
export interface Plan {
  /**
   * `silence`: a failure near a wake-up, then nothing; a lost wake-up shows only then. `outage`: an event a minute, and a
   * URL that is down for some hours; played when asked for.
   */
  readonly kind: "traffic" | "silence" | "outage";
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly receiver: Receiver }[];
  readonly messages: readonly { readonly at: number; readonly account: string; readonly types: readonly string[] }[];
  readonly faultsEndAt: number;
  readonly earlyProbeMs: number;
}

const SCHEDULES: readonly (RetrySchedule | "standard" | "sarbacane")[] = [
  "standard",
  "standard",
  "sarbacane",
  [
    { times: 3, everyMs: 10_000 },
    { times: 3, everyMs: 120_000 },
  ],
  [{ times: 5, everyMs: 5_000 }],
];

export function planFor(chance: Chance, now: number, kind?: "outage"): Plan {
  const earlyProbeMs = chance.pick([0, 300_000]);
  if (kind === "outage") return { ...outage(chance, now), earlyProbeMs };
  return { ...(chance.random() < 0.4 ? silence(chance, now) : traffic(chance, now)), earlyProbeMs };
}

/** The same, with some URLs that are sent groups, of which some take only few at once. */
export function withGroups(plan: Plan, chance: Chance): Plan {
  const endpoints = plan.endpoints.map(({ endpoint, receiver }, index) => {
    if (index > 0 && chance.random() < 0.4) return { endpoint, receiver };
    const maxBytes = chance.pick([20, 100_000]); // a payload has 7 bytes and more
    const group = { maxEvents: chance.pick([2, 5, 100]), maxBytes, windowMs: chance.pick([1_000, 5_000]) };
    const takesMost = chance.pick([0, 1, 3]);
    return { endpoint: { ...endpoint, group }, receiver: { ...receiver, ...(takesMost > 0 && { takesMost }) } };
  });
  return { ...plan, endpoints };
}

/** The same, where an account's second endpoint stands in for its first. A lone endpoint gets a backup of its own. */
export function withBackups(plan: Plan, chance: Chance, now: number): Plan {
  const byAccount = Map.groupBy(plan.endpoints, ({ endpoint }) => endpoint.account);
  const endpoints = [...byAccount].flatMap(([account, [main, second]]) => {
    if (main === undefined) return [];
    const own = endpointFor(chance, account, now);
    const lengthMs = plan.faultsEndAt - now;
    const backup = second ?? { endpoint: own, receiver: receiverFor(chance, own.id, now, lengthMs) };
    const backupOf = [main.endpoint.id];
    const eventTypes = chance.pick([["*"], main.endpoint.eventTypes, ["email.open"]]);
    return [main, { ...backup, endpoint: { ...backup.endpoint, eventTypes, backupOf } }];
  });
  return { ...plan, endpoints };
}

function silence(chance: Chance, now: number): Omit<Plan, "earlyProbeMs"> {
  const endpoint = endpointFor(chance, "acme", now);
  const receiver = {
    endpoint: endpoint.id,
    downs: [],
    downAs: 500,
    tosses: chance.between(2, 40),
    isDeadForEver: false,
  };
  const messages = Array.from({ length: chance.between(1, 8) }, (_, i) => ({
    at: now + 1_000 + i * 10 * MINUTE_MS,
    account: "acme",
    types: ["email.open"],
  }));
  return { kind: "silence", endpoints: [{ endpoint, receiver }], messages, faultsEndAt: now + 2 * HOUR_MS };
}

function outage(chance: Chance, now: number): Omit<Plan, "earlyProbeMs"> {
  const endpoint: Endpoint = { ...endpointFor(chance, "acme", now), eventTypes: ["*"], retrySchedule: "standard" };
  const from = now + 10 * MINUTE_MS;
  const to = from + chance.between(HOUR_MS, 4 * HOUR_MS);
  const receiver = { endpoint: endpoint.id, downs: [{ from, to }], downAs: 500, tosses: 0, isDeadForEver: false };
  const messages = Array.from({ length: OUTAGE_MINUTES }, (_, minute) => ({
    at: now + minute * MINUTE_MS,
    account: "acme",
    types: ["email.open"],
  }));
  const faultsEndAt = now + OUTAGE_MINUTES * MINUTE_MS;
  return { kind: "outage", endpoints: [{ endpoint, receiver }], messages, faultsEndAt };
}

function traffic(chance: Chance, now: number): Omit<Plan, "earlyProbeMs"> {
  const lengthMs = chance.pick([10 * MINUTE_MS, HOUR_MS, 7 * HOUR_MS]);
  const accounts = ["acme", "globex"].slice(0, chance.between(1, 2));
  const endpoints = accounts.flatMap((account) =>
    Array.from({ length: chance.between(1, 2) }, () => {
      const endpoint = endpointFor(chance, account, now);
      return { endpoint, receiver: receiverFor(chance, endpoint.id, now, lengthMs) };
    }),
  );
  const messages = Array.from({ length: chance.between(3, 16) }, () => ({
    at: now + chance.between(0, chance.random() < 0.5 ? lengthMs : lengthMs / 20),
    account: chance.pick(accounts),
    types: Array.from({ length: chance.between(1, 6) }, () => chance.pick(["email.open", "email.click"])),
  }));
  return { kind: "traffic", endpoints, messages, faultsEndAt: now + lengthMs + 5 * MINUTE_MS };
}

function endpointFor(chance: Chance, account: string, now: number): Endpoint {
  const id = newId("ep", now, chance.random);
  return {
    id,
    account,
    url: `https://${account}.example/${id}`,
    description: "",
    eventTypes: chance.pick([["*"], ["*"], ["email.open"], ["*", "rappel.*"], ["rappel.*"]]),
    preset: "standard",
    format: "standard",
    encoding: "json",
    success: chance.pick(["2xx", "200"]),
    retrySchedule: chance.pick(SCHEDULES),
    timeoutMs: chance.pick([2_000, 15_000]),
    releaseRate: chance.pick([2, 25, 500]),
    ...(chance.random() < 0.2 && { rateLimit: chance.between(1, 3) }),
    headers: {},
    metadata: {},
    secrets: [newSecret(chance.bytes(SECRET_BYTES))],
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}

function receiverFor(chance: Chance, endpoint: string, now: number, lengthMs: number): Receiver {
  const downs: { from: number; to: number }[] = [];
  if (chance.happens("a receiver flaps")) {
    for (let at = now; at < now + lengthMs; ) {
      const from = at + chance.between(1, lengthMs / 5);
      at = from + chance.between(1, lengthMs / 5);
      downs.push({ from, to: at });
    }
  }
  const isDying = chance.happens("a receiver dies");
  const isDeadForEver = isDying && chance.random() < 0.3;
  if (isDying) {
    const from = now + chance.between(0, lengthMs / 2);
    downs.push({ from, to: isDeadForEver ? Number.POSITIVE_INFINITY : from + chance.between(1, lengthMs) });
  }
  const retryAfterSeconds = chance.happens("a receiver asks for patience") ? chance.between(1, 3_600) : undefined;
  const downAs = chance.happens("a receiver is silent") ? "silent" : chance.pick([500, 404, 302, 410]);
  const tosses = chance.between(0, 5);
  if (retryAfterSeconds === undefined) return { endpoint, downs, downAs, tosses, isDeadForEver };
  return { endpoint, downs, downAs: 503, tosses, isDeadForEver, retryAfterSeconds };
}
