import { describe, expect, it } from "vitest";
import type { EndpointConfig } from "../../lambdas/endpoints/model/endpoint.ts";
import { PRESET_RULES, type Preset } from "../../lambdas/endpoints/model/preset.ts";
import { testEndpoint, testUrl } from "../../lambdas/endpoints/send-test-event.ts";
import { EVENT_TYPES } from "../../lambdas/events/model/event-type-catalog.ts";
import { memoryAllowance } from "../memory/test-allowance.ts";
import { endpointWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

async function tested(more: Partial<EndpointConfig> & { preset: Preset }, request = {}) {
  const world = { ...memoryWorld(() => ({ status: 204 })), allowance: memoryAllowance() };
  const endpoint = endpointWith({ ...PRESET_RULES[more.preset], ...more });
  const { outcome } = await testEndpoint(world, "acme", endpoint, request);
  const [post] = world.webhookClient.ledger;
  return { outcome, text: Buffer.from(post?.body ?? []).toString(), type: post?.headers["content-type"] };
}
const sampleOf = (source: string, type: string) =>
  EVENT_TYPES.find((sample) => sample.source === source && sample.type === type)?.sample;

describe("test events", () => {
  it("a test sends the platform's sample unchanged and applies the preset's success rule", async () => {
    expect(await tested({ preset: "mailjet" })).toMatchObject({
      outcome: "http_status",
      text: sampleOf("mailjet", "sent"),
    });
    expect(await tested({ preset: "sarbacane", eventTypes: ["open"] })).toMatchObject({
      outcome: "success",
      text: sampleOf("sarbacane", "open"),
    });
  });

  it("a test sends the requested sample in the endpoint's format", async () => {
    const { text } = await tested({ preset: "standard" }, { eventType: "open", source: "mailjet" });
    expect(text).toMatch(
      /^\{"id":"evt_[^"]+","type":"open",.*"data":\{"event":"open",.*"MessageID":19421777396190491,/,
    );
    const xml = await tested({ preset: "mailjet", encoding: "xml" }, { eventType: "open" });
    expect(xml.type).toBe("application/xml; charset=utf-8");
    expect(xml.text).toContain('<MessageID type="number">19421777396190491</MessageID>');
  });

  it("a test sends rappel.test if the preset belongs to no platform", async () => {
    expect((await tested({ preset: "standard" })).text).toContain('"type":"rappel.test"');
  });

  it("a test of an unregistered URL sends the same sample", async () => {
    const world = { ...memoryWorld(), allowance: memoryAllowance() };
    const { secrets: _, ...target } = endpointWith({ preset: "sarbacane", ...PRESET_RULES.sarbacane });
    await testUrl(world, "acme", target, { eventType: "click" });
    expect(Buffer.from(world.webhookClient.ledger[0]?.body ?? []).toString()).toBe(sampleOf("sarbacane", "click"));
  });
});
