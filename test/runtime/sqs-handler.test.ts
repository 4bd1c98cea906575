import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEventMessage, encodeEvent, encodeEventMessage } from "../../lambdas/adapters/aws/event-message.ts";
import { hiddenSecondsOfEvents, onSqs } from "../../lambdas/runtime/sqs-handler.ts";
import { eventWith } from "../support/examples.ts";

const record = (messageId: string, body: string, receives = "1") => ({
  messageId,
  body,
  receiptHandle: `receipt of ${messageId}`,
  attributes: { ApproximateReceiveCount: receives },
});
const context = { getRemainingTimeInMillis: () => 60_000 };

/** A handler for which "malformed" cannot be decoded and "fails" is not done, and what it did with its queue. */
function handlerOf({
  isQueueDown = false,
  hiddenSeconds,
}: {
  isQueueDown?: boolean;
  hiddenSeconds?: typeof hiddenSecondsOfEvents;
} = {}) {
  const dead: string[] = [];
  const hidden: unknown[] = [];
  const seen: { content: string; receives: number }[] = [];
  const lines: string[] = [];
  const requireQueue = () => {
    if (isQueueDown) throw new Error("the queue does not respond");
  };
  const handler = onSqs<string>({
    decode: (body) => {
      if (body === "malformed") throw new Error("cannot be read");
      return body;
    },
    run: async (messages) => {
      seen.push(...messages.map(({ content, receives }) => ({ content, receives })));
      return messages.map(({ content }) => content !== "fails");
    },
    queue: {
      async copyToDeadLetters(body) {
        requireQueue();
        dead.push(body);
      },
      async hideFor(messages) {
        requireQueue();
        hidden.push(...messages);
      },
    },
    report: {
      undecodable: (id) => void lines.push(`undecodable ${id}`),
      hiddenLonger: () => void lines.push("hidden longer"),
    },
    ...(hiddenSeconds && { hiddenSeconds }),
  });
  const failedOf = async (...Records: ReturnType<typeof record>[]) =>
    (await handler({ Records }, context)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort();
  return { failedOf, dead, hidden, seen, lines };
}

describe("a batch of messages", () => {
  it("only messages that were not processed go back to the queue", async () => {
    const { failedOf, seen } = handlerOf();
    expect(await failedOf(record("1", "fine"), record("2", "fails", "2"))).toEqual(["2"]);
    expect(seen).toEqual([
      { content: "fine", receives: 1 },
      { content: "fails", receives: 2 },
    ]);
  });

  it("a message that cannot be decoded moves to the dead-letter queue at once, as it is", async () => {
    const { failedOf, dead, lines } = handlerOf();
    expect(await failedOf(record("1", "fine"), record("2", "malformed"))).toEqual([]);
    expect(dead).toEqual(["malformed"]);
    expect(lines).toEqual(["undecodable 2"]);
  });

  it("a message that cannot be moved to the dead-letter queue goes back to its queue", async () => {
    const { failedOf } = handlerOf({ isQueueDown: true });
    expect(await failedOf(record("1", "malformed"), record("2", "fine"))).toEqual(["1"]);
  });

  it("a message is moved before the batch fails, so that it is not moved again", async () => {
    const moved = Promise.withResolvers<void>();
    let isMoved = false;
    const handler = onSqs<string>({
      decode: () => {
        throw new Error("cannot be read");
      },
      run: async () => Promise.reject(new Error("crashed")),
      queue: {
        copyToDeadLetters: async () => {
          await moved.promise;
          isMoved = true;
        },
        hideFor: async () => undefined,
      },
      report: { undecodable: () => undefined, hiddenLonger: () => undefined },
    });
    const ended = handler({ Records: [record("1", "malformed")] }, context);
    setImmediate(moved.resolve);
    await expect(ended).rejects.toThrow("crashed");
    expect(isMoved).toBe(true);
  });

  it("failed messages are visible again after 10 s, twice as long after each further receive, and at most 6 min", async () => {
    const { failedOf, hidden } = handlerOf({ hiddenSeconds: hiddenSecondsOfEvents });
    await failedOf(record("1", "fails"), record("2", "fails", "3"), record("3", "fine"), record("4", "fails", "900"));
    expect(hidden).toEqual([
      { receipt: "receipt of 1", seconds: 10 },
      { receipt: "receipt of 2", seconds: 40 },
      { receipt: "receipt of 4", seconds: 360 },
    ]);
  });

  it("failed messages go back to the queue even if their visibility cannot be changed", async () => {
    const { failedOf, lines } = handlerOf({ isQueueDown: true, hiddenSeconds: hiddenSecondsOfEvents });
    expect(await failedOf(record("1", "fails"))).toEqual(["1"]);
    expect(lines).toEqual(["hidden longer"]);
  });

  it("without a time for failed messages, nothing is hidden anew", async () => {
    const { failedOf, hidden } = handlerOf();
    await failedOf(record("1", "fails"));
    expect(hidden).toEqual([]);
  });
});

describe("events in a message", () => {
  it("a message gives back every payload byte for byte, in characters that SQS accepts", () => {
    const payload = fc.string({ unit: "binary" }).map((text) => Buffer.from(JSON.stringify(text)));
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 5 }), (payloads) => {
        const events = payloads.map((payload) => eventWith({ payload, eventId: "a" }));
        const body = encodeEventMessage("acme", events.map(encodeEvent));
        // SQS: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD, and in its newer documents also #x10000 to #x10FFFF
        expect(body).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/);
        expect(decodeEventMessage(body)).toEqual({ account: "acme", events });
      }),
    );
  });

  it.each(["", "{", "{}", '{"v":2,"account":"a","events":[]}', '{"v":1,"account":"a","events":[]}'])(
    "%j is not a valid message",
    (body) => {
      expect(() => decodeEventMessage(body)).toThrow();
    },
  );
});
