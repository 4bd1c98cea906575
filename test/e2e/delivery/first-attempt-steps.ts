import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import { type Answer, type Caller, joinRappel, type Rappel } from "../support/harness.ts";
import { type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

const Created = z.object({ id: z.string(), secret: z.string() });
export const Accepted = z.object({ id: z.string(), type: z.string() });
export const Batch = z.object({ data: z.array(Accepted) });

export async function register(
  caller: Caller,
  url: string,
  more: object = {},
): Promise<{ id: string; secret: string }> {
  const answer = await caller.call("POST", "/v1/endpoints", { url, eventTypes: ["*"], ...more });
  expect(answer.status, answer.text).toBe(201);
  return Created.parse(answer.json);
}

/** Waits until an event is in the log, and answers what the API shows of it. */
export async function logged(caller: Caller, id: string): Promise<Answer> {
  for (;;) {
    const answer = await caller.call("GET", `/v1/events/${id}`);
    if (answer.status !== 404) return answer;
    expect(answer.json).toMatchObject({ code: "EVENT_NOT_YET_LOGGED" });
    expect(answer.headers.get("retry-after")).toBe("1");
    await sleep(50);
  }
}

export function verify(secret: string, { body, headers }: Received): void {
  new Webhook(secret).verify(body.toString("utf8"), { ...headers });
}

/** Opens the shared service and the receivers of one test file. */
export function openDelivery() {
  let rappel: Omit<Rappel, "service"> | undefined;
  const receivers: Receiver[] = [];
  beforeAll(async () => {
    rappel = await joinRappel();
  }, 300_000);
  afterAll(async () => {
    await Promise.all(receivers.map((receiver) => receiver.stop()));
    await rappel?.stop();
  });
  showWarnings(() => rappel?.logs);
  const service = () => {
    if (rappel === undefined) throw new Error("The service has not started");
    return rappel;
  };
  return {
    service,
    async receive(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
      const receiver = await startReceiver(...args);
      receivers.push(receiver);
      return receiver;
    },
  };
}
