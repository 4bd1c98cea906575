import type { Announcement } from "../../notifications/model/operational-event.ts";
import type { RetrySchedule } from "../../retry/model/retry-schedule.ts";
import { LIMITS } from "../../shared/limits.ts";
import type { Preset } from "./preset.ts";

/** How bytes are framed; a format never re-serialises a payload's JSON. */
export const FORMATS = ["standard", "raw", "mailjet", "sarbacane", "cloudevents"] as const;
export type Format = (typeof FORMATS)[number];
export const ENCODINGS = ["json", "xml"] as const;
export type Encoding = (typeof ENCODINGS)[number];
/** What can be written as XML. `raw` is the producer's own JSON; CloudEvents 1.0 has no XML that its SDKs read. */
export const XML_FORMATS: readonly Format[] = ["standard", "mailjet", "sarbacane"];
/** Many events in one POST, as Mailjet's Version 2 has it. */
export interface Group {
  readonly maxEvents: number;
  /** Of the payloads together; a larger one goes alone. */
  readonly maxBytes: number;
  /** How long events are gathered, ms. */
  readonly windowMs: number;
}
/** Which answers are a success. Mailjet asks for exactly 200, Sarbacane and Standard Webhooks for any 2xx. */
export const SUCCESS_RULES = ["2xx", "200"] as const;
export type SuccessRule = (typeof SUCCESS_RULES)[number];

/** What the user decides about a registered URL. */
export interface EndpointConfig {
  /** Without userinfo: that travels as `authorization`. */
  readonly url: string;
  /** The url's `user:password`, sent as Basic credentials and masked when read. */
  readonly userinfo?: { readonly user: string; readonly password: string };
  readonly description: string;
  readonly eventTypes: readonly string[];
  /** Whose rules it follows, where it does not say otherwise. */
  readonly preset: Preset;
  readonly format: Format;
  readonly encoding: Encoding;
  /** Absent: each event is a POST of its own. */
  readonly group?: Group;
  /** Endpoints in whose stead it gets what it wants, while they are suspended; and nothing else. */
  readonly backupOf?: readonly string[];
  readonly success: SuccessRule;
  readonly retrySchedule: Preset | RetrySchedule;
  readonly timeoutMs: number;
  /** Deliveries a second that a round releases of its backlog. */
  readonly releaseRate: number;
  /** Attempts a second, first ones and retries together; as many as come where it is absent. */
  readonly rateLimit?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface OldSecret {
  readonly secret: string;
  /** Epoch ms. */
  readonly until: number;
}

/** A registered URL. */
export interface Endpoint extends EndpointConfig {
  readonly id: string;
  readonly account: string;
  /** Newest first; each `whsec_` and 32 random bytes in base64. All of them sign. */
  readonly secrets: readonly string[];
  /** Rotated out, newest first: they sign too until their time is over. */
  readonly oldSecrets?: readonly OldSecret[];
  /** `callbacks`: Mailjet's interface made it, and decides its url, eventTypes, group and backupOf. Absent: a user. */
  readonly madeBy?: "callbacks";
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When its url was last changed. */
  readonly movedAt?: number;
  /** Goes up by one at each change: two changes at a time cannot undo each other unnoticed. */
  readonly version: number;
}

/** `paused` is the user's wish, `suspended` is ours. `deleted` lasts until the backlog is cancelled. */
export type EndpointStatus = "active" | "failing" | "suspended" | "paused" | "deleted";

/** How an endpoint is doing: an item of its own, so that deliveries never touch the user's configuration. */
export interface EndpointState {
  readonly endpoint: string;
  readonly account: string;
  readonly status: EndpointStatus;
  readonly statusReason: string;
  readonly statusSince: number;
  /** Goes up by one at each change of status. */
  readonly version: number;
  /** Failures since the last success. */
  readonly streak: number;
  /** A recent success, noted when it ended a streak and else every 5 minutes at most. */
  readonly lastOkAt?: number;
  /** How often something joined the backlog, in all: whoever closes a round sees by it whether anything came meanwhile. */
  readonly parked: number;
  /** While `failing`: failed tries of the endpoint's own retry schedule. */
  readonly rung: number;
  /** The event that was probed last, so that probes go round and round. */
  readonly probedTo?: string;
  /** While `failing`: when its schedule wants the next probes. */
  readonly probeAt?: number;
  /** While `failing`, where that is far: a fresh look may be taken from then on. */
  readonly lookAt?: number;
  /** Nothing is sent before: a Retry-After, the end of a pause. */
  readonly notBefore?: number;
  /** The promised wake-up, a whole second; in the past while it is due or its round is running. */
  readonly wakeAt?: number;
  /** What was accepted before is cancelled by the next rounds: its user resumed without it. */
  readonly skipBefore?: number;
  /** Once it is deleted: types of which what waits here goes to others, who want it now. All else is cancelled. */
  readonly bequeaths?: readonly string[];
  /** When somebody asked for what waits here in the stead of others that are suspended no longer. */
  readonly returnAskedAt?: number;
  /** When its backlog was last searched for what ends soon. */
  readonly watchedAt: number;
  /** Changes that are still to be told, and how many there were in all. */
  readonly announce?: readonly Announcement[];
  readonly announced: number;
  /** The number of the last one that was told: whoever changes the state meanwhile may write it down once more. */
  readonly toldTo?: number;
  /** The lease of the running round. */
  readonly roundId?: string;
  readonly roundUntil?: number;
}

/** A state as it is when its endpoint is registered. */
export function newState(endpoint: string, account: string, now: number): EndpointState {
  return {
    endpoint,
    account,
    status: "active",
    statusReason: "registered",
    statusSince: now,
    version: 1,
    streak: 0,
    parked: 0,
    rung: 0,
    watchedAt: now,
    announced: 0,
  };
}

/** All that sign now, newest first. */
export function liveSecrets(
  { secrets, oldSecrets = [] }: Pick<Endpoint, "secrets" | "oldSecrets">,
  now: number,
): readonly string[] {
  return [...secrets, ...oldSecrets.filter(({ until }) => until > now).map(({ secret }) => secret)];
}

export function isSuccess(rule: SuccessRule, status: number): boolean {
  return rule === "200" ? status === 200 : status >= 200 && status <= 299;
}

/** Whether it has been suspended for so long that events do not wait for it any more. */
export function isHeldForLong({ status, statusSince }: EndpointState, now: number): boolean {
  return status === "suspended" && now - statusSince > LIMITS.suspendedJoinSeconds * 1_000;
}

/** Whether something may be sent now, as far as the endpoint's state goes. */
export function isSendable({ status, notBefore }: EndpointState, now: number): boolean {
  return status === "active" && now >= (notBefore ?? 0);
}
