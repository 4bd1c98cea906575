import type { Attempt } from "../delivery/model/attempt.ts";
import { type Target, webhookFor } from "../delivery/model/webhook-request.ts";
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

export interface TestingWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly guard: Guard;
  readonly webhookClient: WebhookClient;
  readonly allowance: Allowance;
}

const TEST_PAYLOAD = Buffer.from('{"message":"This is a test from Rappel. It stands for no event.","test":true}');
// An HTTP API answers after 30 s at the latest (API Gateway's integration timeout): a test must have ended by then.
const TEST_TIMEOUT_MS = 25_000;

type Tested = Target & Pick<EndpointConfig, "success" | "preset"> & Partial<Pick<EndpointConfig, "eventTypes">>;

/**
 * POSTs one test event, through the same guard, signature and webhookClient as any other. It is logged and counted nowhere.
 * @param wish which platform's sample is sent; without one, and where the preset is no platform's, a text of ours
 */
export async function testEndpoint(
  world: TestingWorld,
  account: string,
  target: Tested,
  wish: SampleRequest = {},
): Promise<Attempt> {
  const { clock, random, guard, webhookClient, allowance } = world;
  const now = clock.now();
  const waitSeconds = await allowance.take(`${account}#test`, LIMITS.testsPerMinute, now);
  if (waitSeconds !== undefined) {
    throw new RappelError("TOO_MANY_TESTS", `At most ${LIMITS.testsPerMinute} tests a minute are made for an account`, {
      retryAfterSeconds: waitSeconds,
    });
  }
  await requireAllowedUrl(guard, target.url);
  const sample = sampleFor({ preset: target.preset, eventTypes: target.eventTypes ?? ["*"] }, wish);
  const event = {
    id: newId("evt", now, random.next),
    account,
    type: sample?.type ?? "rappel.test",
    source: sample?.source ?? "api",
    acceptedAt: now,
    occurredAt: now,
    payload: sample === undefined ? TEST_PAYLOAD : Buffer.from(sample.sample),
  } as const;
  const webhook = webhookFor({ ...target, timeoutMs: Math.min(target.timeoutMs, TEST_TIMEOUT_MS) }, [event], now);
  return webhookClient.post(webhook, (status) => isSuccess(target.success, status));
}

/** Tests a URL that is not saved: signed with a secret made for this one POST. */
export async function testUrl(
  world: TestingWorld,
  account: string,
  target: Omit<Tested, "secrets">,
  wish: SampleRequest = {},
): Promise<{ attempt: Attempt; secret: string }> {
  const secret = newSecret(world.random.bytes(SECRET_BYTES));
  return { attempt: await testEndpoint(world, account, { ...target, secrets: [secret] }, wish), secret };
}
