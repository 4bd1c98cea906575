import { randomUUID } from "node:crypto";
import { signed } from "../../client/testing/index.ts";

/** What one webhook of a check is like. */
export interface Sample {
  readonly id?: string;
  readonly body?: string;
  /** When it says that it was sent. Default: now. */
  readonly at?: Date;
  /** Other headers than the right ones; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** What the receiver did. */
export interface Answered {
  /** null: there was no response. */
  readonly status: number | null;
  readonly ms: number;
  /** Why there was none. */
  readonly reason?: string;
  readonly location?: string;
}

/** How long Rappel waits for a response by default, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** Sends webhooks to a receiver as Rappel does: signed, without following redirects. */
export class Probe {
  readonly url: string;
  readonly secret: string;
  readonly type: string;

  constructor(url: string, secret: string, type: string) {
    this.url = url;
    this.secret = secret;
    this.type = type;
  }

  async send({ id, body = this.bodyOf({ certify: true }), at, headers = {} }: Sample = {}): Promise<Answered> {
    const webhook = signed({
      body,
      secret: this.secret,
      ...(id !== undefined && { id }),
      ...(at !== undefined && { at }),
    });
    const sent = Object.entries({ ...webhook.headers, "user-agent": "Rappel-Certify", ...headers });
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body,
        redirect: "manual",
        headers: Object.fromEntries(sent.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const location = response.headers.get("location");
      await response.body?.cancel();
      return { status: response.status, ms: ms(), ...(location !== null && { location }) };
    } catch (error) {
      return { status: null, ms: ms(), reason: reasonOf(error) };
    }
  }

  /** A payload in the standard format, with this data. */
  bodyOf(data: unknown, type = this.type): string {
    return JSON.stringify({ type, timestamp: new Date().toISOString(), data });
  }

  newId(): string {
    return `msg_${randomUUID()}`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no response within ${TIMEOUT_MS / 1_000} s`;
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
