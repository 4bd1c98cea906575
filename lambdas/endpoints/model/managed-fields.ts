import { isDeepStrictEqual } from "node:util";
import type { EndpointConfig } from "./endpoint.ts";

/** The fields of an endpoint that Mailjet callbacks manage; the user manages the others. */
export type ManagedFields = Pick<EndpointConfig, "url" | "userinfo" | "eventTypes" | "group" | "backupOf">;

/** The managed fields of an endpoint. */
export function managedFieldsOf({ url, userinfo, eventTypes, group, backupOf }: EndpointConfig): ManagedFields {
  return {
    url,
    ...(userinfo && { userinfo }),
    eventTypes,
    ...(group && { group }),
    ...(backupOf && { backupOf }),
  };
}

export function areSameFields(a: ManagedFields, b: ManagedFields): boolean {
  return isDeepStrictEqual(a, b);
}

/** An endpoint's configuration with the managed fields replaced. */
export function withManagedFields(
  { url, userinfo, eventTypes, group, backupOf, ...rest }: EndpointConfig,
  managed: ManagedFields,
): EndpointConfig {
  return { ...rest, ...managed };
}
