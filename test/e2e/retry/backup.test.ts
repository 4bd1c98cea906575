import { describe, expect, it } from "vitest";
import { deliveriesOf, endpointOf, eventually, openFixture, register, SHORT, send } from "../support/fixture.ts";

const { callerOf, receive } = openFixture();

describe.concurrent("a backup", { timeout: 900_000 }, () => {
  it("a backup gets the backlog of a suspended endpoint and its new events, until that endpoint is resumed", async () => {
    const caller = await callerOf("backed-up");
    let isUp = false;
    const main = await receive(() => ({ status: isUp ? 200 : 500 }));
    const backup = await receive();
    const id = await register(caller, main.url);
    const backupId = await register(caller, backup.url, { backupOf: id });
    const ids: string[] = [];
    for (let n = 0; n < 10; n++) ids.push(await send(caller, n));
    await eventually(async () => expect(await endpointOf(caller, id)).toMatchObject({ status: "suspended" }));
    await backup.waitFor(10);
    ids.push(await send(caller, 10));
    await backup.waitFor(11);
    expect(backup.received.map(({ body }) => Number(body)).toSorted((a, b) => a - b)).toEqual(ids.map((_, n) => n));
    await eventually(async () => {
      expect(await deliveriesOf(caller, ids[0] ?? "")).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ endpointId: id, status: "cancelled", reason: "moved" }),
          expect.objectContaining({ endpointId: backupId, status: "delivered", onBehalfOf: id }),
        ]),
      );
    });

    isUp = true;
    await caller.call("POST", `/v1/endpoints/${id}/resume`);
    await eventually(async () => expect(await endpointOf(caller, id)).toMatchObject({ status: "active" }));
    const before = main.received.length;
    await eventually(async () => {
      await send(caller, "fresh"); // functions see the end of a suspension within 5 s
      expect(main.received.length).toBeGreaterThan(before);
    });
  });

  it("pending deliveries go to the endpoint that is resumed first if the backup is suspended too", async () => {
    const caller = await callerOf("both-dead");
    let isUp = false;
    const taken = new Set<number>();
    const main = await receive(({ body }) => {
      if (!isUp) return { status: 410 };
      taken.add(Number(body));
      return {};
    });
    const backup = await receive(() => ({ status: 410 }));
    const id = await register(caller, main.url, { retrySchedule: SHORT });
    const backupId = await register(caller, backup.url, { backupOf: [id] });
    for (let n = 0; n < 3; n++) await send(caller, n);
    await eventually(async () => expect(await endpointOf(caller, backupId)).toMatchObject({ status: "suspended" }));
    for (let n = 3; n < 6; n++) await send(caller, n);
    isUp = true;
    await caller.call("POST", `/v1/endpoints/${id}/resume`);
    await eventually(async () => expect(taken).toEqual(new Set([0, 1, 2, 3, 4, 5])));
  });

  it("a backup callback takes over while its callback is dead, until Status is set to alive", async () => {
    const caller = await callerOf("mailjet-backup");
    let isUp = false;
    const taken: unknown[] = [];
    const main = await receive(({ body }) => {
      if (!isUp) return { status: 410 };
      taken.push(JSON.parse(body.toString()));
      return {};
    });
    const backup = await receive();
    const callbacks = "/v3/REST/eventcallbackurl";
    await caller.call("POST", callbacks, { EventType: "open", Url: main.url });
    await caller.call("POST", callbacks, { EventType: "open", Url: backup.url, IsBackup: true });
    const open = (n: number) => caller.call("POST", "/v1/sources/mailjet", { event: "open", MessageID: n });
    await open(1);
    await backup.waitFor(1);
    expect((await caller.call("GET", `${callbacks}/open%7Cfalse`)).json).toMatchObject({ Data: [{ Status: "dead" }] });
    await open(2);
    await backup.waitFor(2);
    isUp = true;
    expect((await caller.call("PUT", `${callbacks}/open%7Cfalse`, { Status: "alive" })).json).toMatchObject({
      Data: [{ Status: "alive" }],
    });
    await eventually(async () => {
      await open(3);
      expect(taken.length).toBeGreaterThan(0);
    });
    for (const event of taken) expect(event).toMatchObject({ event: "open", MessageID: 3 });
  });
});
