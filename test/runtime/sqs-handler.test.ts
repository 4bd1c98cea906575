import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEventMessage, encodeEvent, encodeEventMessage } from "../../lambdas/adapters/aws/event-message.ts";
import { onSqs } from "../../lambdas/runtime/sqs-handler.ts";
import { eventWith } from "../support/examples.ts";

const record = (messageId: string, body: string, receives = "1") => ({
  messageId,
  body,
  attributes: { ApproximateReceiveCount: receives },
});
const context = { getRemainingTimeInMillis: () => 60_000 };
const decode = (body: string) => {
  if (body === "malformed") throw new Error("cannot be read");
  return body;
};

describe("a batch of messages", () => {
  it("only messages that were not processed or cannot be decoded are returned to the queue", async () => {
    const undecodable: string[] = [];
    const seen: unknown[] = [];
    const handler = onSqs(
      decode,
      async (messages) => {
        seen.push(...messages);
        return messages.map(({ content }) => content !== "fails");
      },
      (id) => void undecodable.push(id),
    );
    const answer = await handler(
      { Records: [record("1", "fine"), record("2", "malformed"), record("3", "fails", "2")] },
      context,
    );
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(["2", "3"]);
    expect(undecodable).toEqual(["2"]);
    expect(seen).toMatchObject([{ receives: 1 }, { receives: 2 }]);
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
