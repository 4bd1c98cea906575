import { type Endpoint, liveSecrets } from "../../endpoints/model/endpoint.ts";
import type { Event } from "../../events/model/event.ts";
import { framed } from "../../payload/body-formats.ts";
import { signatureOf } from "../../payload/signature.ts";
import { idFrom, idTime } from "../../shared/ids.ts";
import type { NonEmpty } from "../../shared/non-empty.ts";
import { VERSION } from "../../shared/version.ts";
import { HOPS_HEADER } from "./attempt.ts";

/** One POST, ready to be sent. */
export interface Webhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** From DNS to the response headers, in ms. */
  readonly timeoutMs: number;
}

/** The settings that decide how an event is sent, of a registered endpoint or of a URL that is only tested. */
export type Target = Pick<
  Endpoint,
  "url" | "userinfo" | "format" | "encoding" | "group" | "headers" | "secrets" | "oldSecrets" | "timeoutMs"
>;

const USER_AGENT = `Rappel/${VERSION} (Standard Webhooks 1.0)`;

/**
 * The id by which a receiver recognises repeats. A group's id is derived from its events' ids, so that the same group has
 * the same id on all attempts. A single event uses its own id.
 */
function webhookIdOf(events: NonEmpty<Event>): string {
  const [first, ...others] = events;
  const text = events.map(({ id }) => id).join(",");
  return others.length === 0 ? first.id : idFrom("grp", idTime(first.id), text);
}

/** How many times Rappel has delivered the event before. */
export function hopsOf({ hops = 0 }: Pick<Event, "hops">): number {
  return hops;
}

/** @param now epoch ms of the attempt: receivers reject a timestamp that is more than 5 minutes off */
export function webhookFor(target: Target, events: NonEmpty<Event>, now: number): Webhook {
  const { format, encoding, group, userinfo } = target;
  const isGrouped = group !== undefined;
  const { body, mediaType } = framed({ format, encoding, isGrouped }, events);
  const timestampSeconds = Math.floor(now / 1000);
  const id = webhookIdOf(events);
  return {
    url: target.url,
    headers: {
      "user-agent": USER_AGENT,
      accept: "*/*",
      ...target.headers,
      ...(userinfo && {
        authorization: `Basic ${Buffer.from(`${userinfo.user}:${userinfo.password}`).toString("base64")}`,
      }),
      "content-type": mediaType,
      "content-length": String(body.length),
      "webhook-id": id,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": signatureOf(liveSecrets(target, now), id, timestampSeconds, body),
      // A Rappel that receives it refuses it once it has gone round too often.
      [HOPS_HEADER]: String(1 + Math.max(...events.map(hopsOf))),
      ...(isGrouped && { "rappel-event-ids": events.map((event) => event.id).join(",") }),
    },
    body,
    timeoutMs: target.timeoutMs,
  };
}
