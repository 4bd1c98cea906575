import type * as z from "zod";
import type { Account } from "../../accounts/model/account.ts";
import type { Key } from "../../accounts/model/key.ts";
import type { KeyHolder } from "../../accounts/model/session.ts";
import type { Activity } from "../../activity/model/activity.ts";
import type { AccountView, ActivityView, CreatedKeyView, KeyView, WhoamiView } from "../responses/account-responses.ts";
import { timeText } from "../schemas/fields.ts";
import { timeOrNull } from "./common-views.ts";

export function accountView(account: Account): z.input<typeof AccountView> {
  const { id, name, retentionDays, limits, createdAt, updatedAt, deletion } = account;
  return {
    id,
    name,
    status: deletion === undefined ? "active" : deletion.phase === "done" ? "deleted" : "deleting",
    retentionDays,
    limits: { endpoints: limits.endpoints, eventsPerSecond: limits.eventsPerSecond ?? null },
    createdAt: timeOrNull(createdAt),
    updatedAt: timeOrNull(updatedAt),
    deletion:
      deletion === undefined
        ? null
        : {
            requestedAt: timeText(deletion.requestedAt),
            phase: deletion.phase,
            endpointsLeft: deletion.endpoints.length,
            eventsErased: deletion.eventsErased,
          },
  };
}

export function keyView(key: Key): z.input<typeof KeyView> {
  const { id, account = "", name, scopes, prefix, createdAt, validUntil, lastUsedAt } = key;
  return {
    id,
    account,
    name,
    scopes: [...scopes],
    prefix,
    createdAt: timeText(createdAt),
    expiresAt: timeOrNull(validUntil),
    lastUsedAt: timeOrNull(lastUsedAt),
  };
}

export function whoamiView(
  account: string | undefined,
  isOperator: boolean,
  { id, name = "", scopes, validUntil, session }: KeyHolder & Pick<Key, "id">,
): z.input<typeof WhoamiView> {
  return {
    account: account ?? null,
    isOperator,
    key: { id, name, scopes: [...scopes], expiresAt: timeOrNull(validUntil) },
    session:
      session === undefined
        ? null
        : {
            id: session.id,
            endpoint: session.endpoint ?? null,
            returnUrl: session.returnUrl ?? null,
            expiresAt: timeText(session.validUntil),
          },
  };
}

export function createdKeyView({ key, secret }: { key: Key; secret: string }): z.input<typeof CreatedKeyView> {
  return { ...keyView(key), secret };
}

export function activityView(entry: Activity): z.input<typeof ActivityView> {
  const {
    id,
    at,
    action,
    keyId = null,
    sessionId = null,
    isOperator,
    endpoint = null,
    subject = null,
    fields = [],
  } = entry;
  return {
    id,
    at: timeText(at),
    action,
    keyId,
    sessionId,
    isOperator,
    endpointId: endpoint,
    subject,
    fields: [...fields],
  };
}
