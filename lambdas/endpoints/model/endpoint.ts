import type { Encoding, Format } from "../../payload/formats.ts";
import type { Group } from "../../retry/model/batching.ts";
import type { RetrySchedule } from "../../retry/model/retry-schedule.ts";
import type { Preset } from "./preset.ts";
import type { SuccessRule } from "./success-rule.ts";

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
  readonly managedBy?: "callbacks";
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When its url was last changed. */
  readonly movedAt?: number;
  /** Goes up by one at each change: two changes at a time cannot undo each other unnoticed. */
  readonly version: number;
}

/** All that sign now, newest first. */
export function liveSecrets(
  { secrets, oldSecrets = [] }: Pick<Endpoint, "secrets" | "oldSecrets">,
  now: number,
): readonly string[] {
  return [...secrets, ...oldSecrets.filter(({ until }) => until > now).map(({ secret }) => secret)];
}
