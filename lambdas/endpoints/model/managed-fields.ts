import { isDeepStrictEqual } from "node:util";
import type { EndpointConfig } from "./endpoint.ts";

/** What callbacks decide of their endpoint; all else of it is its user's. */
export type ManagedFields = Pick<EndpointConfig, "url" | "userinfo" | "eventTypes" | "group" | "backupOf">;

/** The part of an endpoint that callbacks decide, as it is. */
export function managedFieldsOf({ url, userinfo, eventTypes, group, backupOf }: EndpointConfig): ManagedFields {
  return {
    url,
    ...(userinfo && { userinfo }),
    eventTypes,
    ...(group && { group }),
    ...(backupOf && { backupOf }),
  };
}

export function areSameFields(one: ManagedFields, other: ManagedFields): boolean {
  return isDeepStrictEqual(one, other);
}

/** An endpoint's configuration with that part replaced. */
export function withManagedFields(
  { url, userinfo, eventTypes, group, backupOf, ...rest }: EndpointConfig,
  part: ManagedFields,
): EndpointConfig {
  return { ...rest, ...part };
}
