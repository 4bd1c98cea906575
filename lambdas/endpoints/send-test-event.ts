import type { Attempt } from "../delivery/model/attempt.ts";
import { type Target, webhookFor } from "../delivery/model/webhook-request.ts";
import type { Event } from "../events/model/event.ts";
import { newSecret, SECRET_BYTES } from "../payload/signature.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Allowance, Guard, WebhookClient } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";
import { newId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { requireAllowedUrl } from "./check-url.ts";
import type { EndpointConfig } from "./model/endpoint.ts";
import { type SampleRequest, sampleFor } from "./model/sample-event.ts";
import { isSuccess } from "./model/success-rule.ts";

export interface TestPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly guard: Guard;
  readonly webhookClient: WebhookClient;
  readonly allowance: Allowance;
}

const TEST_EVENT = {
  type: "rappel.test",
  source: "api",
  payload: '{"message":"This is a test event from Rappel.","test":true}',
} as const;
/** On every test POST, so that a receiver can tell it from an event whatever its payload is. */
const TEST_HEADER = { "rappel-test": "true" };

/** Which event a test sends: a platform's sample, or this one, with its payload as JSON. */
type TestRequest = SampleRequest & { readonly event?: Pick<Event, "type" | "source"> & { readonly payload: string } };

type TestTarget = Target & Pick<EndpointConfig, "success" | "preset"> & Partial<Pick<EndpointConfig, "eventTypes">>;

/**
 * POSTs one test event, with the same address check, signature and client as any event. It is neither logged nor counted.
 * @param request which sample is sent; by default the preset's, or Rappel's own test event if the preset has no platform
 */
export async function testEndpoint(
  ports: TestPorts,
  account: string,
  target: TestTarget,
  request: TestRequest = {},
): Promise<Attempt> {
  const { clock, random, guard, webhookClient, allowance } = ports;
  const now = clock.now();
  const waitSeconds = await allowance.take(`${account}#test`, LIMITS.testsPerMinute, now);
  if (waitSeconds !== undefined) {
    throw new RappelError(
      "TOO_MANY_TESTS",
      `An account can send at most ${LIMITS.testsPerMinute} test events per minute`,
      {
        retryAfterSeconds: waitSeconds,
      },
    );
  }
  await requireAllowedUrl(guard, target.url);
  const sample = sampleFor({ preset: target.preset, eventTypes: target.eventTypes ?? ["*"] }, request);
  const { type, source, payload } = request.event ?? (sample && { ...sample, payload: sample.sample }) ?? TEST_EVENT;
  const event = {
    id: newId("evt", now, random.next),
    account,
    type,
    source,
    acceptedAt: now,
    occurredAt: now,
    payload: Buffer.from(payload),
  };
  const { headers, ...webhook } = webhookFor(
    { ...target, timeoutMs: Math.min(target.timeoutMs, LIMITS.testTimeoutMs) },
    [event],
    now,
  );
  return webhookClient.post({ ...webhook, headers: { ...headers, ...TEST_HEADER } }, (status) =>
    isSuccess(target.success, status),
  );
}

/** Tests a URL that is not registered, signed with a secret created for this POST. */
export async function testUrl(
  ports: TestPorts,
  account: string,
  target: Omit<TestTarget, "secrets">,
  request: SampleRequest = {},
): Promise<{ attempt: Attempt; secret: string }> {
  const secret = newSecret(ports.random.bytes(SECRET_BYTES));
  return { attempt: await testEndpoint(ports, account, { ...target, secrets: [secret] }, request), secret };
}
