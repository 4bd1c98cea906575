import * as z from "zod";
import { ACCOUNT_DEFAULTS, type AccountConfig } from "../../accounts/model/account.ts";
import { type NewKey, SCOPES } from "../../accounts/model/key.ts";
import { LIMITS } from "../../shared/limits.ts";
import { Instant, Label } from "./fields.ts";

function whole(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
}

/** The body of `PUT /v1/accounts/{account}`: what it leaves out is as it is by default. */
export const AccountBody = z
  .strictObject({
    name: Label.default(ACCOUNT_DEFAULTS.name),
    retentionDays: whole(1, LIMITS.retentionDaysMax)
      .default(ACCOUNT_DEFAULTS.retentionDays)
      .meta({ description: "Days an event and its deliveries are kept, counted from when it was accepted." }),
    limits: z
      .strictObject({
        endpoints: whole(1, LIMITS.endpointsPerAccountMax)
          .default(ACCOUNT_DEFAULTS.limits.endpoints)
          .meta({ description: "Endpoints it may have." }),
        eventsPerSecond: whole(1, LIMITS.eventsPerSecondMax)
          .nullable()
          .default(null)
          .meta({ description: "Events a second that are accepted, on average; null: as many as come." }),
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

/** The body of `POST /v1/accounts/{account}/keys`: nothing, or what the key is to be. */
export const KeyBody = z
  .strictObject({
    name: Label.default(""),
    scopes: z
      .array(z.enum(SCOPES, SCOPES_ALLOWED), SCOPES_ALLOWED)
      .min(1, SCOPES_ALLOWED)
      .default([...SCOPES])
      .meta({ description: "`send` accepts events, `manage` changes endpoints and keys, `read` looks at the rest." }),
    expiresAt: Instant.nullable()
      .default(null)
      .meta({ description: "When it stops working; null: when it is deleted." }),
  })
  .transform(
    ({ name, scopes, expiresAt }): NewKey => ({
      name,
      scopes: [...new Set(scopes)],
      ...(expiresAt !== null && { validUntil: Date.parse(expiresAt) }),
    }),
  )
  .meta({ id: "KeyInput" });
