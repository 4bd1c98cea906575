import type { Endpoint } from "../../lambdas/endpoints/model/endpoint.ts";
import { newSecret, SECRET_BYTES } from "../../lambdas/payload/signature.ts";
import type { RetrySchedule } from "../../lambdas/retry/model/retry-schedule.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import type { RunRandom } from "./faults.ts";
import type { Receiver } from "./receivers.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OUTAGE_MINUTES = 330;

/** What happens in a run: its endpoints and receivers, and when events are sent. */
export interface Plan {
  /**
   * `silence`: a failure near a wake-up, then no events, because only then does a lost wake-up show. `outage`: an event a
   * minute, and a URL that is down for some hours; only on request. `storm`: traffic with backups, where events and
   * operators arrive during the retry rounds; only on request. `failing`: the table, or all functions but accept, fail for up to a day;
   * only on request.
   */
  readonly kind: "traffic" | "silence" | "outage" | "storm" | "failing";
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly receiver: Receiver }[];
  readonly messages: readonly { readonly at: number; readonly account: string; readonly types: readonly string[] }[];
  readonly faultsEndAt: number;
  readonly earlyProbeMs: number;
  readonly failing?: Failing;
}

/** A time in which the functions that deliver cannot work. */
interface Failing {
  readonly from: number;
  readonly to: number;
  /** `start`: their code throws. `writes`: the table refuses to write. `table`: it refuses everything. */
  readonly what: "start" | "writes" | "table";
}

const IS_READ = /^(read|list|count) /;

/** Whether a call is refused by an outage. */
export function isRefusedBy(
  failing: Failing | undefined,
  { environment, action, now }: { readonly environment: string; readonly action: string; readonly now: number },
): boolean {
  if (failing === undefined || now < failing.from || now >= failing.to) return false;
  if (environment === "sweeper" && /dead letters|^count dispatch$/.test(action)) return false; // not the table
  if (failing.what === "start") return action === "start" && environment !== "sweeper";
  if (action === "start" || /^queue /.test(action)) return false;
  return failing.what === "table" || !IS_READ.test(action);
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
  [],
  [{ times: 1, everyMs: 60_000 }],
  [{ times: 4, everyMs: 5_000 }],
];

/** The kinds of plan that no seed chooses. */
export type RequestedKind = "outage" | "storm" | "failing";

export function planFor(random: RunRandom, now: number, kind?: RequestedKind): Plan {
  const earlyProbeMs = random.pick([0, 300_000]);
  if (kind === "storm") return { ...withBackups({ ...traffic(random, now), earlyProbeMs }, random, now), kind };
  if (kind === "failing") return { ...failing(random, now), earlyProbeMs };
  if (kind === "outage") return { ...outage(random, now), earlyProbeMs };
  return { ...(random.next() < 0.4 ? silence(random, now) : traffic(random, now)), earlyProbeMs };
}

/** Adds groups to some endpoints. Some of their receivers accept only a few events per POST. */
export function withGroups(plan: Plan, random: RunRandom): Plan {
  const endpoints = plan.endpoints.map(({ endpoint, receiver }, index) => {
    if (index > 0 && random.next() < 0.4) return { endpoint, receiver };
    const maxBytes = random.pick([20, 100_000]); // a payload has 7 bytes and more
    const group = { maxEvents: random.pick([2, 5, 100]), maxBytes, windowMs: random.pick([1_000, 5_000]) };
    const maxEventsPerPost = random.pick([0, 1, 3]);
    return {
      endpoint: { ...endpoint, group },
      receiver: { ...receiver, ...(maxEventsPerPost > 0 && { maxEventsPerPost }) },
    };
  });
  return { ...plan, endpoints };
}

/** Makes each account's second endpoint the backup of its first. Without a second endpoint, it adds one. */
export function withBackups(plan: Plan, random: RunRandom, now: number): Plan {
  const byAccount = Map.groupBy(plan.endpoints, ({ endpoint }) => endpoint.account);
  const endpoints = [...byAccount].flatMap(([account, [main, second]]) => {
    if (main === undefined) return [];
    const added = endpointFor(random, account, now);
    const lengthMs = plan.faultsEndAt - now;
    const backup = second ?? { endpoint: added, receiver: receiverFor(random, added.id, now, lengthMs) };
    const backupOf = [main.endpoint.id];
    const eventTypes = random.pick([["*"], main.endpoint.eventTypes, ["email.open"]]);
    return [main, { ...backup, endpoint: { ...backup.endpoint, eventTypes, backupOf } }];
  });
  return { ...plan, endpoints };
}

function silence(random: RunRandom, now: number): Omit<Plan, "earlyProbeMs"> {
  const endpoint = endpointFor(random, "acme", now);
  const receiver = {
    endpoint: endpoint.id,
    outages: [],
    responseWhileDown: 500,
    flakyPosts: random.between(2, 40),
    isDownForEver: false,
  };
  const messages = Array.from({ length: random.between(1, 8) }, (_, i) => ({
    at: now + 1_000 + i * 10 * MINUTE_MS,
    account: "acme",
    types: ["email.open"],
  }));
  return { kind: "silence", endpoints: [{ endpoint, receiver }], messages, faultsEndAt: now + 2 * HOUR_MS };
}

function outage(random: RunRandom, now: number): Omit<Plan, "earlyProbeMs"> {
  const endpoint: Endpoint = { ...endpointFor(random, "acme", now), eventTypes: ["*"], retrySchedule: "standard" };
  const from = now + 10 * MINUTE_MS;
  const to = from + random.between(HOUR_MS, 4 * HOUR_MS);
  const receiver = {
    endpoint: endpoint.id,
    outages: [{ from, to }],
    responseWhileDown: 500,
    flakyPosts: 0,
    isDownForEver: false,
  };
  const messages = Array.from({ length: OUTAGE_MINUTES }, (_, minute) => ({
    at: now + minute * MINUTE_MS,
    account: "acme",
    types: ["email.open"],
  }));
  const faultsEndAt = now + OUTAGE_MINUTES * MINUTE_MS;
  return { kind: "outage", endpoints: [{ endpoint, receiver }], messages, faultsEndAt };
}

/** Some traffic before, during and after an outage of up to a day. */
function failing(random: RunRandom, now: number): Omit<Plan, "earlyProbeMs"> {
  const plan = traffic(random, now);
  const [from, hours] = [now + 10 * MINUTE_MS, random.pick([1, 6, 24])];
  const to = from + hours * HOUR_MS;
  const messages = plan.messages.map((message) => ({ ...message, at: random.between(now, to + HOUR_MS) }));
  const endpoints = plan.endpoints.map(({ endpoint, receiver }) => ({
    endpoint,
    receiver: { ...receiver, outages: receiver.outages.filter(({ to: end }) => end < from) },
  }));
  const what = random.pick(["start", "writes", "table"] as const);
  return { kind: "failing", endpoints, messages, faultsEndAt: to + 2 * HOUR_MS, failing: { from, to, what } };
}

function traffic(random: RunRandom, now: number): Omit<Plan, "earlyProbeMs"> {
  const lengthMs = random.pick([10 * MINUTE_MS, HOUR_MS, 7 * HOUR_MS]);
  const accounts = ["acme", "globex"].slice(0, random.between(1, 2));
  const endpoints = accounts.flatMap((account) =>
    Array.from({ length: random.between(1, 2) }, () => {
      const endpoint = endpointFor(random, account, now);
      return { endpoint, receiver: receiverFor(random, endpoint.id, now, lengthMs) };
    }),
  );
  const messages = Array.from({ length: random.between(3, 16) }, () => ({
    at: now + random.between(0, random.next() < 0.5 ? lengthMs : lengthMs / 20),
    account: random.pick(accounts),
    types: Array.from({ length: random.between(1, 6) }, () => random.pick(["email.open", "email.click"])),
  }));
  return { kind: "traffic", endpoints, messages, faultsEndAt: now + lengthMs + 5 * MINUTE_MS };
}

function endpointFor(random: RunRandom, account: string, now: number): Endpoint {
  const id = newId("ep", now, random.next);
  return {
    id,
    account,
    url: `https://${account}.example/${id}`,
    description: "",
    eventTypes: random.pick([["*"], ["*"], ["email.open"], ["*", "rappel.*"], ["rappel.*"]]),
    preset: "standard",
    format: "standard",
    encoding: "json",
    success: random.pick(["2xx", "200"]),
    retrySchedule: random.pick(SCHEDULES),
    timeoutMs: random.pick([2_000, 15_000]),
    releaseRate: random.pick([2, 25, 500]),
    ...(random.next() < 0.2 && { rateLimit: random.between(1, 3) }),
    headers: {},
    metadata: {},
    secrets: [newSecret(random.bytes(SECRET_BYTES))],
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}

function receiverFor(random: RunRandom, endpoint: string, now: number, lengthMs: number): Receiver {
  const outages: { from: number; to: number }[] = [];
  if (random.happens("a receiver flaps")) {
    for (let at = now; at < now + lengthMs; ) {
      const from = at + random.between(1, lengthMs / 5);
      at = from + random.between(1, lengthMs / 5);
      outages.push({ from, to: at });
    }
  }
  const goesDown = random.happens("a receiver goes down");
  const isDownForEver = goesDown && random.next() < 0.3;
  if (goesDown) {
    const from = now + random.between(0, lengthMs / 2);
    outages.push({ from, to: isDownForEver ? Number.POSITIVE_INFINITY : from + random.between(1, lengthMs) });
  }
  const retryAfterSeconds = random.happens("a receiver sends Retry-After") ? random.between(1, 3_600) : undefined;
  const responseWhileDown = random.happens("a receiver never responds") ? "silent" : random.pick([500, 404, 302, 410]);
  const flakyPosts = random.between(0, 5);
  if (retryAfterSeconds === undefined) return { endpoint, outages, responseWhileDown, flakyPosts, isDownForEver };
  return { endpoint, outages, responseWhileDown: 503, flakyPosts, isDownForEver, retryAfterSeconds };
}
