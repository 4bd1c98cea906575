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
  if (body === "poison") throw new Error("cannot be read");
  return body;
};

describe("a batch of messages", () => {
  it("gives back only what was not settled and what cannot be decoded", async () => {
    const poison: string[] = [];
    const seen: unknown[] = [];
    const handler = onSqs(
      decode,
      async (messages) => {
        seen.push(...messages);
        return messages.map(({ content }) => content !== "fails");
      },
      (id) => void poison.push(id),
    );
    const answer = await handler(
      { Records: [record("1", "fine"), record("2", "poison"), record("3", "fails", "2")] },
      context,
    );
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(["2", "3"]);
    expect(poison).toEqual(["2"]);
    expect(seen).toMatchObject([{ receives: 1 }, { receives: 2 }]);
  });
});

describe("a pack in a message", () => {
  it("gives every payload back byte for byte, in characters that SQS takes", () => {
    const payload = fc.string({ unit: "binary" }).map((text) => Buffer.from(JSON.stringify(text)));
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 5 }), (payloads) => {
        const events = payloads.map((one) => eventWith({ payload: one, eventId: "a" }));
        const body = encodeEventMessage("acme", events.map(encodeEvent));
        // SQS: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD, and #x10000 to #x10FFFF in its newer documents only
        expect(body).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/);
        expect(decodeEventMessage(body)).toEqual({ account: "acme", events });
      }),
    );
  });

  it.each(["", "{", "{}", '{"v":2,"account":"a","events":[]}', '{"v":1,"account":"a","events":[]}'])(
    "cannot be made of %j",
    (body) => {
      expect(() => decodeEventMessage(body)).toThrow();
    },
  );
});
