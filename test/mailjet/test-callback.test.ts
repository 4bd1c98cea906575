import { describe, expect, it } from "vitest";
import { REGISTRABLE_TYPES } from "../../lambdas/mailjet/model/callback.ts";
import { testEventOf } from "../../lambdas/mailjet/model/test-event.ts";
import { testCallback } from "../../lambdas/mailjet/test-callback.ts";
import { memoryAllowance } from "../memory/test-allowance.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { A, ACCOUNT, register } from "./callback-steps.ts";

const COMMON = [
  ..."event time MessageID Message_GUID email mj_campaign_id mj_contact_id".split(" "),
  ..."customcampaign CustomID Payload".split(" "),
];
/** Source: Mailjet, "Event API: real-time notifications". */
const FURTHER: Record<string, string> = {
  sent: "mj_message_id smtp_reply",
  open: "ip geo agent",
  click: "url ip geo agent",
  bounce: "blocked hard_bounce error_related_to error comment",
  blocked: "error_related_to error",
  spam: "source",
  unsub: "mj_list_id ip geo agent",
};

describe("the test of a callback", () => {
  it.each(REGISTRABLE_TYPES)("the test event of %s has all fields of its type, and is recognised as a test", (type) => {
    const text = testEventOf(type, 1_795_287_970_140);
    const event = JSON.parse(text);
    expect(Object.keys(event).sort()).toEqual([...COMMON, ...(FURTHER[type]?.split(" ") ?? [])].sort());
    expect(event).toMatchObject({
      event: type,
      time: 1_795_287_970,
      email: "test@rappel.invalid",
      CustomID: "rappel.test",
      customcampaign: "rappel.test",
      Payload: '{"test":true}',
    });
    expect(text).toContain('"MessageID":9000000000000000001,');
  });

  it("is sent in the callback's format, alone or in an array, with the header rappel-test", async () => {
    for (const version of [1, 2] as const) {
      const world = { ...memoryWorld(), allowance: memoryAllowance() };
      await register(world, "unsub", A, { version });
      const { attempt } = await testCallback(world, ACCOUNT, 1);
      const [post] = world.webhookClient.ledger;
      const text = testEventOf("unsub", world.clock.now());
      expect([attempt.outcome, String(Buffer.from(post?.body ?? []))]).toEqual([
        "success",
        version === 1 ? text : `[${text}]`,
      ]);
      expect(post?.headers).toMatchObject({ "rappel-test": "true" });
    }
  });
});
