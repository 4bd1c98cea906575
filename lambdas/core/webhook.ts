import { type Endpoint, type Format, liveSecrets } from "./endpoint.ts";
import type { Event } from "./event.ts";
import { signatureOf } from "./signature.ts";

/** One POST, ready to be sent. */
export interface Webhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** From DNS to the last byte. */
  readonly timeoutMs: number;
}

/** What decides how an event is sent: a saved endpoint, or one that is only tried. */
export type Target = Pick<Endpoint, "url" | "userinfo" | "format" | "headers" | "secrets" | "oldSecrets" | "timeoutMs">;

const USER_AGENT = "Rappel/0.1 (Standard Webhooks 1.0)";

/** The bytes an endpoint gets: the payload's own, in the frame of its format. */
export function frame(format: Format, event: Event): Uint8Array {
  if (format === "raw") return event.payload;
  const { id, type, occurredAt } = event;
  const head = JSON.stringify({ id, type, timestamp: new Date(occurredAt).toISOString() }).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head},"data":`), event.payload, Buffer.from("}")]);
}

/** @param now epoch ms of the attempt: receivers refuse what is more than 5 minutes off */
export function webhookFor(target: Target, event: Event, now: number): Webhook {
  const body = frame(target.format, event);
  const timestampSeconds = Math.floor(now / 1000);
  const { userinfo } = target;
  return {
    url: target.url,
    headers: {
      "user-agent": USER_AGENT,
      accept: "*/*",
      ...target.headers,
      ...(userinfo && {
        authorization: `Basic ${Buffer.from(`${userinfo.user}:${userinfo.password}`).toString("base64")}`,
      }),
      "content-type": "application/json",
      "content-length": String(body.length),
      "webhook-id": event.id,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": signatureOf(liveSecrets(target, now), event.id, timestampSeconds, body),
    },
    body,
    timeoutMs: target.timeoutMs,
  };
}
