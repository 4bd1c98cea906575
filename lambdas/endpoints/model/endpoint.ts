import type { Encoding, Format } from "../../payload/formats.ts";
import type { Group } from "../../retry/model/batching.ts";
import type { RetrySchedule } from "../../retry/model/retry-schedule.ts";
import type { Preset } from "./preset.ts";
import type { SuccessRule } from "./success-rule.ts";

/** What the user configures for a registered URL. */
export interface EndpointConfig {
  /** Without userinfo, which is sent as `authorization`. */
  readonly url: string;
  /** The url's `user:password`, sent as Basic credentials and masked in responses. */
  readonly userinfo?: { readonly user: string; readonly password: string };
  readonly description: string;
  readonly eventTypes: readonly string[];
  /** The platform whose rules are its defaults. */
  readonly preset: Preset;
  readonly format: Format;
  readonly encoding: Encoding;
  /** Absent: each event is sent in its own POST. */
  readonly group?: Group;
  /** A backup gets only the events of these endpoints, while they are suspended. */
  readonly backupOf?: readonly string[];
  readonly success: SuccessRule;
  readonly retrySchedule: Preset | RetrySchedule;
  readonly timeoutMs: number;
  /** Deliveries per second from its backlog. */
  readonly releaseRate: number;
  /** Attempts per second, first ones and retries together. Absent: no limit. */
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
  /** Newest first; each is `whsec_` and 24 to 64 bytes in base64; ours are 32 random bytes. All of them sign. */
  readonly secrets: readonly string[];
  /** Rotated secrets, newest first. They sign too until they expire. */
  readonly oldSecrets?: readonly OldSecret[];
  /** `callbacks`: Mailjet's interface created it, and manages its url, eventTypes, group and backupOf. Absent: the user does. */
  readonly managedBy?: "callbacks";
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it was deleted, epoch ms: it is kept for a moment, because the callback that had it may be registered again. */
  readonly removedAt?: number;
  /** When its url was last changed. */
  readonly movedAt?: number;
  /** Incremented at each change, so that concurrent changes cannot overwrite each other. */
  readonly version: number;
}

/** All secrets that sign now, newest first. */
export function liveSecrets(
  { secrets, oldSecrets = [] }: Pick<Endpoint, "secrets" | "oldSecrets">,
  now: number,
): readonly string[] {
  return [...secrets, ...oldSecrets.filter(({ until }) => until > now).map(({ secret }) => secret)];
}
