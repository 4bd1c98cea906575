import { addressGuard } from "../../lambdas/adapters/net/guard.ts";
import type { Resolve } from "../../lambdas/adapters/net/resolver.ts";
import { httpWebhookClient } from "../../lambdas/adapters/net/webhook-client.ts";
import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import type { Webhook } from "../../lambdas/delivery/model/webhook-request.ts";
import type { Clock } from "../../lambdas/ports/clock.ts";

export const is2xx = (status: number) => status >= 200 && status <= 299;

/** Resolves every name to this machine. */
export const toLoopback: Resolve = async () => ["127.0.0.1"];

export interface Setup {
  readonly resolve?: Resolve;
  readonly clock?: Pick<Clock, "now">;
  readonly ca?: string;
  readonly isLoopbackAllowed?: boolean;
}

/** A webhook client that may reach this machine and resolves every name to it. */
export function webhookClientWith({
  resolve = toLoopback,
  clock = { now: Date.now },
  ca,
  isLoopbackAllowed = true,
}: Setup = {}) {
  const guard = addressGuard({ isLoopbackAllowed, isHttpsOnly: false }, resolve);
  return httpWebhookClient(guard, clock, ca === undefined ? {} : { ca });
}

export function webhookTo(url: string, more: Partial<Webhook> = {}): Webhook {
  const body = more.body ?? Buffer.from('{"n":19421777396190491}');
  return {
    url,
    headers: { "content-type": "application/json", "content-length": String(body.length), "webhook-id": "evt_1" },
    body,
    timeoutMs: 10_000,
    ...more,
  };
}

/** Sends one POST with a new webhook client. */
export function post(url: string, more: Partial<Webhook> = {}, setup: Setup = {}): Promise<Attempt> {
  return webhookClientWith(setup).post(webhookTo(url, more), is2xx);
}

/** The bytes of an answer with a Content-Length. */
export function answer(
  status: number | string,
  { headers = [], body = "" }: { headers?: readonly string[]; body?: string | Uint8Array } = {},
): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(
      [`HTTP/1.1 ${status} Words`, `Content-Length: ${bytes.length}`, ...headers, "", ""].join("\r\n"),
      "latin1",
    ),
    bytes,
  ]);
}

/** Waits until the condition is true. @throws {Error} after two minutes */
export async function until(isTrue: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 120_000;
  while (!isTrue()) {
    if (Date.now() > giveUpAt) throw new Error("The condition was not true within two minutes");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
