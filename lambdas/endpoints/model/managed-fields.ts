import { isDeepStrictEqual } from "node:util";
import type { EndpointConfig } from "./endpoint.ts";

/** What callbacks decide of their endpoint; all else of it is its user's. */
export type CallbackPart = Pick<EndpointConfig, "url" | "userinfo" | "eventTypes" | "group" | "backupOf">;

/** The part of an endpoint that callbacks decide, as it is. */
export function partOf({ url, userinfo, eventTypes, group, backupOf }: EndpointConfig): CallbackPart {
  return {
    url,
    ...(userinfo && { userinfo }),
    eventTypes,
    ...(group && { group }),
    ...(backupOf && { backupOf }),
  };
}

export function isSamePart(one: CallbackPart, other: CallbackPart): boolean {
  return isDeepStrictEqual(one, other);
}

/** An endpoint's configuration with that part replaced. */
export function withPart(
  { url, userinfo, eventTypes, group, backupOf, ...rest }: EndpointConfig,
  part: CallbackPart,
): EndpointConfig {
  return { ...rest, ...part };
}
