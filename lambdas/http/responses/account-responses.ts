import * as z from "zod";
import { SCOPES } from "../../accounts/model/key.ts";
import { At } from "./common.ts";

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
  })
  .meta({ id: "Whoami" });
