import { isDeepStrictEqual } from "node:util";
import type { EndpointConfig } from "./endpoint.ts";
import { isSameOrigin } from "./same-origin.ts";

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

/**
 * An endpoint's configuration with the managed fields replaced. Its headers, whose values are hidden, are not sent to
 * another origin: a url there removes them.
 */
export function withManagedFields(
  { url, userinfo, eventTypes, group, backupOf, headers, ...rest }: EndpointConfig,
  managed: ManagedFields,
): EndpointConfig {
  return { ...rest, headers: isSameOrigin(url, managed.url) ? headers : {}, ...managed };
}
