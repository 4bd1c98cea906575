import * as z from "zod";
import { ACCOUNT_DEFAULTS, type AccountConfig } from "../../accounts/model/account.ts";
import { DEFAULT_SCOPES, type NewKey, SCOPE_MEANINGS, SCOPES } from "../../accounts/model/key.ts";
import { LIMITS } from "../../shared/limits.ts";
import { Instant, Label } from "./fields.ts";

function whole(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
}

/** The body of `PUT /v1/accounts/{account}`: missing fields get their defaults. */
export const AccountBody = z
  .strictObject({
    name: Label.default(ACCOUNT_DEFAULTS.name),
    retentionDays: whole(1, LIMITS.retentionDaysMax).default(ACCOUNT_DEFAULTS.retentionDays).meta({
      description:
        "Days that an event and its deliveries are kept, from its acceptance. Changes apply to events dispatched afterwards.",
    }),
    limits: z
      .strictObject({
        endpoints: whole(1, LIMITS.endpointsPerAccountMax)
          .default(ACCOUNT_DEFAULTS.limits.endpoints)
          .meta({ description: "Endpoints, at most." }),
        eventsPerSecond: whole(1, LIMITS.eventsPerSecondMax).nullable().default(null).meta({
          description: "Events per second that are accepted, on average; null: the default of the deployment.",
        }),
      })
      .prefault({}),
  })
  .transform(
    ({ limits: { endpoints, eventsPerSecond }, ...rest }): AccountConfig => ({
      ...rest,
      limits: { endpoints, ...(eventsPerSecond !== null && { eventsPerSecond }) },
    }),
  )
  .meta({ id: "AccountInput" });

const SCOPES_ALLOWED = `one or more of ${SCOPES.join(", ")}`;

/** The body of `POST /v1/accounts/{account}/keys`: empty, or the new key's settings. */
export const KeyBody = z
  .strictObject({
    name: Label.default(""),
    scopes: z
      .array(z.enum(SCOPES, SCOPES_ALLOWED), SCOPES_ALLOWED)
      .min(1, SCOPES_ALLOWED)
      .default([...DEFAULT_SCOPES])
      .meta({ description: `${SCOPES.map((scope) => `\`${scope}\` ${SCOPE_MEANINGS[scope]}`).join("; ")}.` }),
    expiresAt: Instant.nullable().default(null).meta({ description: "When the key expires; null: never." }),
  })
  .transform(
    ({ name, scopes, expiresAt }): NewKey => ({
      name,
      scopes: [...new Set(scopes)],
      ...(expiresAt !== null && { validUntil: Date.parse(expiresAt) }),
    }),
  )
  .meta({ id: "KeyInput" });
