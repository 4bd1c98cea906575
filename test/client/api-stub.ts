import { afterEach } from "vitest";
import * as z from "zod";
import { Rappel, type RappelOptions } from "../../client/index.ts";
import { type Answer, type ReceivedRequest, type Receiver, startReceiver } from "../../client/testing/index.ts";

const Events = z.array(z.looseObject({ type: z.string() }));

/** An HTTP server that answers as `answer` says, and clients of it. */
export function stubbed() {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  return async (answer: (request: ReceivedRequest) => Answer = acceptAll, options: Partial<RappelOptions> = {}) => {
    const receiver: Receiver = await startReceiver();
    stops.push(receiver.stop);
    receiver.always(answer);
    return { rappel: new Rappel({ url: receiver.url, key: KEY, retryForMs: 0, ...options }), receiver };
  };
}

export const KEY = "key_01JD7X1RZ8M3V0A6Q5T2Y9WKBC:not-a-secret";

/** The events of a request, parsed. */
export function eventsOf({ body }: ReceivedRequest) {
  return Events.parse(JSON.parse(body.toString()));
}

/** Gives each event its own type as its id. */
export function acceptAll(request: ReceivedRequest): Answer {
  return answered(202, { data: eventsOf(request).map(({ type }) => ({ id: `evt_${type}` })) });
}

export function answered(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

export function refused(status: number, code: string, pointers: readonly string[] = []): Answer {
  const errors = pointers.map((pointer) => ({ pointer, detail: "is wrong" }));
  return answered(status, { status, code, detail: "no", title: "no", type: "t", ...(errors.length > 0 && { errors }) });
}
