import * as z from "zod";
import { SCOPES } from "../../accounts/model/key.ts";
import { ACTIVITY_ACTIONS } from "../../activity/model/activity.ts";
import { At } from "./common.ts";
import { HeldSessionView } from "./session-responses.ts";

export const AccountView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    status: z.enum(["active", "deleting", "deleted"]),
    retentionDays: z.int(),
    limits: z.strictObject({ endpoints: z.int(), eventsPerSecond: z.int().nullable() }),
    createdAt: At.nullable(),
    updatedAt: At.nullable(),
    deletion: z
      .strictObject({
        requestedAt: At,
        phase: z.enum(["cancelling", "erasing", "done"]),
        endpointsLeft: z.int().meta({ description: "Endpoints whose pending deliveries are being cancelled." }),
        eventsErased: z.int(),
      })
      .nullable(),
  })
  .meta({ id: "Account" });
const keyFields = {
  id: z.string(),
  account: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  prefix: z.string().meta({ description: "The first characters of the secret." }),
  createdAt: At,
  expiresAt: At.nullable(),
  lastUsedAt: At.nullable().meta({ description: "Updated at most once an hour." }),
};
export const KeyView = z.strictObject(keyFields).meta({ id: "Key" });
export const CreatedKeyView = z
  .strictObject({ ...keyFields, secret: z.string().meta({ description: "Shown only in this response." }) })
  .meta({ id: "CreatedKey" });
export const WhoamiView = z
  .strictObject({
    account: z.string().nullable().meta({
      description: "The account it acts for. null: an operator key, without the header Rappel-Account.",
    }),
    isOperator: z.boolean(),
    key: z.strictObject({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.enum(SCOPES)),
      expiresAt: At.nullable(),
    }),
    session: HeldSessionView.nullable().meta({ description: "The console's session of this request; null: a key." }),
  })
  .meta({ id: "Whoami" });
export const ActivityView = z
  .strictObject({
    id: z.string(),
    at: At,
    action: z.enum(ACTIVITY_ACTIONS),
    keyId: z.string().nullable().meta({ description: "The key that made the change; null: the command line." }),
    sessionId: z.string().nullable().meta({
      description: "The console's session in which it was made, which has the id of its link; null: no session.",
    }),
    isOperator: z.boolean().meta({ description: "Whether it is the operator's key." }),
    endpointId: z.string().nullable(),
    subject: z.string().nullable().meta({
      description: "What else was changed: the id of a key or a link, a callback's ID or name, an account.",
    }),
    fields: z.array(z.string()).meta({ description: "The names of the fields in the request; never their values." }),
  })
  .meta({ id: "Activity", description: "One change: who made it, what it was, and when." });
