import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { acceptRequest } from "../../lambdas/events/accept-events.ts";
import { acceptedAnswer, requestOf } from "../../lambdas/http/ingest-request.ts";
import { readEvents } from "../../lambdas/http/parse-events.ts";
import { endpointWith } from "../support/examples.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const ACCOUNTS = ["a", "b", "A", "a-b", "a_b", "ab"];
const Body = fc.array(
  fc.record({
    account: fc.option(fc.constantFrom(...ACCOUNTS), { nil: undefined }),
    eventId: fc.option(fc.oneof(fc.nat(2_000).map(String), fc.constant("a#1")), { nil: undefined, freq: 1 }),
    noise: fc.string(),
  }),
  { minLength: 1, maxLength: 30 },
);
const Request = fc.record({
  events: Body,
  named: fc.constantFrom(...ACCOUNTS),
  key: fc.option(fc.constantFrom("k", "a#k", "*"), { nil: undefined }),
});

/** Registers one endpoint for each account, with its own URL. */
async function worldWithEndpoints(): Promise<MemoryWorld> {
  const world = memoryWorld();
  for (const account of ACCOUNTS) {
    const endpoint = endpointWith({ account, format: "raw", url: `https://example.com/of/${account}` });
    await world.endpoints.add(endpoint, newState(endpoint.id, account, world.clock.now()));
  }
  return world;
}

describe("operator batches for many accounts", () => {
  it("mixed batches reach only each event's own account, with any content and repetition", async () => {
    let posts = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(Request, { minLength: 1, maxLength: 8 }), async (requests) => {
        const world = await worldWithEndpoints();
        let accepted = 0;
        for (const { events, named, key } of requests) {
          const sent = readEvents(
            Buffer.from(
              JSON.stringify(
                events.map(({ account, eventId, noise }) => ({
                  type: "t",
                  account,
                  eventId,
                  data: { of: account ?? named, noise },
                })),
              ),
            ),
          );
          const idempotency = key === undefined ? undefined : { key, hash: JSON.stringify({ events, named }) };
          const call = { account: named, isOperator: true, idempotency, hops: 0 };
          const answer = await acceptRequest(world, "api", requestOf(call, sent)).catch((error: unknown) => error);
          if (answer instanceof Error) continue; // refused as a whole: the key or eventId was used for other content
          accepted++;
          if (accepted % 2 === 0) await dispatchAll(world);
        }
        await dispatchAll(world);
        posts += world.webhookClient.ledger.length;
        for (const { url, body } of world.webhookClient.ledger) {
          const { of } = JSON.parse(Buffer.from(body).toString());
          expect(url).toBe(`https://example.com/of/${of}`);
        }
        for (const account of ACCOUNTS) {
          const { items } = await world.log.list(account, { limit: 1_000 });
          for (const { payload } of items) expect(JSON.parse(Buffer.from(payload).toString()).of).toBe(account);
        }
      }),
      { numRuns: 150 },
    );
    expect(posts).toBeGreaterThan(1_000);
  });

  it("a mixed batch is answered in the order of its events", async () => {
    const world = await worldWithEndpoints();
    const events = ["b", "a", "b"].map((account, n) => ({ account, type: `t${n}`, data: n }));
    const sent = readEvents(Buffer.from(JSON.stringify(events)));
    const call = { account: undefined, isOperator: true, idempotency: undefined, hops: 0 };
    const { body } = acceptedAnswer(await acceptRequest(world, "api", requestOf(call, sent)), sent);
    expect(body).toMatchObject({ data: [{ type: "t0" }, { type: "t1" }, { type: "t2" }] });
  });
});

async function dispatchAll(world: MemoryWorld): Promise<void> {
  const events = world.queue.sent.splice(0);
  const messages = [...Map.groupBy(events, ({ account }) => account)].map(([account, accountEvents]) => ({
    content: { account, events: accountEvents, isAgain: true },
    receives: 1,
  }));
  await dispatcher(world)(messages, world.clock.now() + 60_000);
}
