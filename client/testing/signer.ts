import { randomBytes, randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** What is signed. */
export interface ToSign {
  readonly body: string;
  /** An endpoint's secret, `whsec_…`. */
  readonly secret: string;
  /** The event's id. Default: a new one. */
  readonly id?: string;
  /** When the attempt is made. Default: now. Another time shows whether a receiver checks it. */
  readonly at?: Date;
}

/** A webhook as Rappel sends it. */
export interface Signed {
  readonly body: string;
  readonly headers: {
    readonly "content-type": "application/json";
    readonly "webhook-id": string;
    readonly "webhook-timestamp": string;
    readonly "webhook-signature": string;
  };
}

/** Signs a webhook by Standard Webhooks 1.0.0: `fetch(url, { method: "POST", ...signed({ body, secret }) })`. */
export function signed({ body, secret, id = `msg_${randomUUID()}`, at = new Date() }: ToSign): Signed {
  return {
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": new Webhook(secret).sign(id, at, body),
    },
  };
}

const SECRET_BYTES = 32;

/** A secret of the form that Rappel gives an endpoint. */
export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}
