import { describe, expect, it } from "vitest";
import * as z from "zod";
import { deliveriesOf, endpointOf, eventually, openFixture, register } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";

const { callerOf, url, receive } = openFixture();
const Page = z.object({ data: z.array(z.object({ id: z.string(), type: z.string() })) });

/** The address at which this account takes events, with its key. */
function ingestOf({ authorization }: Caller, path: string): string {
  const [user = "", password = ""] = Buffer.from(authorization.replace("Basic ", ""), "base64").toString().split(":");
  const address = new URL(path, url());
  Object.assign(address, { username: user, password });
  return address.href;
}

async function eventsOf(caller: Caller): Promise<{ id: string; type: string }[]> {
  return Page.parse((await caller.call("GET", "/v1/events?limit=100")).json).data.filter(({ type }) => type === "open");
}

/** Waits until the loop has ended: `count` events, and no delivery of them pending. */
async function expectEnded(callers: readonly Caller[], count: number): Promise<void> {
  await eventually(async () => {
    const events = (
      await Promise.all(callers.map(async (caller) => (await eventsOf(caller)).map((event) => ({ caller, ...event }))))
    ).flat();
    expect(events).toHaveLength(count);
    const deliveries = (await Promise.all(events.map(({ caller, id }) => deliveriesOf(caller, id)))).flat();
    expect(deliveries.map(({ status }) => status)).not.toContain("pending");
  });
}

const OPEN = '{"event":"open","email":"a@example.com","n":1.10}';
const MAILJET = "/v1/sources/mailjet";

describe("endpoints whose URL is Rappel itself", () => {
  it.each([
    ["one endpoint", 1, {}],
    ["three endpoints, whose events grow by powers", 3, {}],
    ["an endpoint that groups events", 1, { group: { maxEvents: 10, windowMs: 1_000 } }],
  ])(
    "a loop of %s ends after two rounds, and the last deliveries say that it is a loop",
    async (name, endpoints, more) => {
      const caller = await callerOf(`loop-${endpoints}-${name.length}`);
      const ids = [];
      for (let n = 0; n < endpoints; n++)
        ids.push(await register(caller, ingestOf(caller, MAILJET), { format: "mailjet", ...more }));
      await caller.call("POST", MAILJET, OPEN);
      // One event, then one for each endpoint, then one for each of those and each endpoint.
      const count = 1 + endpoints + endpoints ** 2;
      await expectEnded([caller], count);
      const all = (await Promise.all((await eventsOf(caller)).map(({ id }) => deliveriesOf(caller, id)))).flat();
      const looped = all.filter(({ reason }) => reason === "loop");
      expect(looped).toHaveLength(endpoints ** 3);
      expect(looped[0]?.explanation).toMatch(
        /^Cancelled: loop: its endpoint is Rappel, .* the last attempt got 508 after \d+ ms\.$/,
      );
      for (const id of ids)
        expect(await endpointOf(caller, id)).toMatchObject({
          status: "active",
          lastLoopAt: expect.stringContaining("T"),
        });
    },
  );

  it("a loop through two accounts ends, and another receiver gets each event that was accepted", async () => {
    const [one, two] = [await callerOf("loop-a"), await callerOf("loop-b")];
    const receiver = await receive();
    await register(one, ingestOf(two, MAILJET), { format: "mailjet" });
    await register(two, ingestOf(one, MAILJET), { format: "mailjet" });
    await register(one, receiver.url);
    await one.call("POST", MAILJET, OPEN);
    await expectEnded([one, two], 3); // one, two, one
    await eventually(async () => expect(receiver.received).toHaveLength(2));
    expect(receiver.received.map(({ headers }) => headers["rappel-hops"]).toSorted()).toEqual(["1", "3"]);
    expect(receiver.received.map(({ body }) => body.toString())).toEqual([OPEN, OPEN]);
  });

  it("an endpoint whose URL is another route of the API is refused at once", async () => {
    const caller = await callerOf("loop-resend");
    const { id } = z.object({ id: z.string() }).parse((await caller.call("POST", MAILJET, OPEN)).json);
    await register(caller, ingestOf(caller, `/v1/events/${id}/resend`));
    await eventually(async () => expect(await eventsOf(caller)).toHaveLength(1));
    await caller.call("POST", `/v1/events/${id}/resend`, {});
    await eventually(async () =>
      expect(await deliveriesOf(caller, id)).toMatchObject([{ status: "cancelled", reason: "loop" }]),
    );
  });

  it("a webhook in XML is not taken as events, so that there is no loop", async () => {
    const caller = await callerOf("loop-xml");
    await register(caller, ingestOf(caller, MAILJET), { format: "mailjet", encoding: "xml" });
    await caller.call("POST", MAILJET, OPEN);
    await eventually(async () => {
      const [event, ...others] = await eventsOf(caller);
      expect(others).toEqual([]);
      const [delivery] = await deliveriesOf(caller, event?.id ?? "");
      expect(delivery?.attempts[0]).toMatchObject({ outcome: "http_status", status: 415 });
    });
  });
});
