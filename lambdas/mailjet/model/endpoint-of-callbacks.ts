import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";
import type { ManagedFields } from "../../endpoints/model/managed-fields.ts";
import { PRESET_RULES } from "../../endpoints/model/preset.ts";
import { LIMITS } from "../../shared/limits.ts";
import { CALLBACK_TYPES, type CallbackSet } from "./callback.ts";

const GROUP = { maxEvents: LIMITS.groupEvents, maxBytes: LIMITS.groupBytes, windowMs: LIMITS.groupWindowMs };

/** The endpoints of a callback set, by id. A backup backs up the endpoints that share a type with it. */
export function managedFieldsByEndpoint({ endpoints, callbacks }: CallbackSet): Map<string, ManagedFields> {
  const typesOf = (id: string) =>
    callbacks
      .filter(({ endpoint }) => endpoint === id)
      .map(({ eventType }) => eventType)
      .sort((a, b) => CALLBACK_TYPES[a] - CALLBACK_TYPES[b]);
  const mains = endpoints.filter(({ isBackup }) => !isBackup).map(({ id }) => ({ id, types: typesOf(id) }));
  return new Map(
    endpoints.map(({ id, url, userinfo, version, isBackup }) => {
      const eventTypes = typesOf(id);
      const backupOf = mains.filter(({ types }) => types.some((type) => eventTypes.includes(type)));
      return [
        id,
        {
          url,
          ...(userinfo && { userinfo }),
          eventTypes,
          ...(version === 2 && { group: GROUP }),
          ...(isBackup && { backupOf: backupOf.map((main) => main.id) }),
        },
      ];
    }),
  );
}

/** The configuration of a new endpoint, with Mailjet's rules. */
export function configFrom(managed: ManagedFields): EndpointConfig {
  return {
    ...managed,
    ...PRESET_RULES.mailjet,
    preset: "mailjet",
    retrySchedule: "mailjet",
    description: "",
    encoding: "json",
    timeoutMs: LIMITS.timeoutMsDefault,
    releaseRate: LIMITS.releaseRate,
    headers: {},
    metadata: {},
  };
}
