import { describe, expect, it } from "vitest";
import * as z from "zod";
import { deliveryOf, eventually } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";
import { startReceiver } from "../support/receiver.ts";
import { openMailjet, RESOURCE, rowsOf } from "./mailjet.ts";

const { open } = openMailjet();

/** A receiver that fails until it works, and a callback with events that are pending for it. */
async function withBacklog(account: string) {
  const { caller, mailjet } = await open(account);
  let works = false;
  const receiver = await startReceiver(() => ({ status: works ? 200 : 500 }));
  // Not as the URL parser writes it: the script must find what it sent.
  const Url = `${receiver.url.replace("127.0.0.1", "LocalHost")}/%7Ea/../b#top`;
  const find = async () =>
    rowsOf(await mailjet.get(RESOURCE).request()).Data.find((row) => row.EventType === "open" && row.Url === Url);
  const create = async () => rowsOf(await mailjet.post(RESOURCE).request({ EventType: "open", Url }));
  /** What setup scripts do: delete what differs, register what is absent. */
  const registerIfAbsent = async () => {
    if ((await find()) !== undefined) return "present";
    for (const { ID, EventType } of rowsOf(await mailjet.get(RESOURCE).request()).Data)
      if (EventType === "open") await mailjet.delete(RESOURCE).id(ID).request();
    await create();
    return "created";
  };
  expect(await registerIfAbsent()).toBe("created");
  const events: string[] = [];
  for (let time = 1; time <= 3; time++) events.push(await sendOpen(caller, time));
  await eventually(async () => expect(await pendingOf(caller, events)).toBe(3));
  const times = () => receiver.received.slice(before).map(({ body }) => JSON.parse(body.toString()).time);
  let before = 0;
  return {
    caller,
    mailjet,
    receiver,
    events,
    registerIfAbsent,
    create,
    find,
    times,
    repair: () => {
      before = receiver.received.length;
      works = true;
    },
  };
}

async function sendOpen(caller: Caller, time: number): Promise<string> {
  const { json } = await caller.call("POST", "/v1/sources/mailjet", { event: "open", time });
  const Accepted = z.union([z.object({ id: z.string() }), z.object({ events: z.array(z.object({ id: z.string() })) })]);
  const accepted = Accepted.parse(json);
  return "id" in accepted ? accepted.id : (accepted.events[0]?.id ?? "");
}
async function pendingOf(caller: Caller, events: readonly string[]): Promise<number> {
  const deliveries = await Promise.all(events.map((id) => deliveryOf(caller, id)));
  return deliveries.filter(({ status }) => status === "pending").length;
}
const endpointIds = async (caller: Caller) =>
  z
    .object({ data: z.array(z.object({ id: z.string() })) })
    .parse((await caller.call("GET", "/v1/endpoints")).json)
    .data.map(({ id }) => id);

describe("a setup script that runs again while events are pending", () => {
  it("a script that registers what is absent finds its callback, and its events are delivered once", async () => {
    const { caller, receiver, events, registerIfAbsent, repair, times } = await withBacklog("absent");
    const before = await endpointIds(caller);
    expect([await registerIfAbsent(), await registerIfAbsent()]).toEqual(["present", "present"]);
    expect(await endpointIds(caller)).toEqual(before);
    repair();
    await eventually(async () => expect(await pendingOf(caller, events)).toBe(0));
    expect(times().sort()).toEqual([1, 2, 3]);
    await receiver.stop();
  });

  it("a script that deletes and registers again keeps the endpoint and delivers its events once", async () => {
    const { caller, mailjet, receiver, events, create, find, repair, times } = await withBacklog("again");
    const before = await endpointIds(caller);
    await mailjet.delete(RESOURCE).id("open|false").request();
    expect([await find(), await endpointIds(caller)]).toEqual([undefined, []]);
    expect((await caller.call("GET", `/v1/endpoints/${before[0]}`)).status).toBe(404);
    expect(await deliveryOf(caller, events[0] ?? "")).toMatchObject({
      status: "pending",
      explanation: expect.stringContaining("unless the same callback is registered again before"),
    });
    repair();
    expect((await create()).Data).toMatchObject([{ ID: 2, Status: "alive" }]);
    expect(await endpointIds(caller)).toEqual(before);
    await eventually(async () => expect(await pendingOf(caller, events)).toBe(0));
    expect(times().sort()).toEqual([1, 2, 3]);
    for (const id of events) expect(await deliveryOf(caller, id)).toMatchObject({ status: "delivered" });
    await receiver.stop();
  });

  it("a callback that is not registered again within a minute has its pending deliveries cancelled", async () => {
    const { caller, mailjet, receiver, events, create, repair, times } = await withBacklog("late");
    const before = await endpointIds(caller);
    await mailjet.delete(RESOURCE).id("open|false").request();
    repair();
    await eventually(async () => expect(await pendingOf(caller, events)).toBe(0));
    for (const id of events)
      expect(await deliveryOf(caller, id)).toMatchObject({ status: "cancelled", reason: "deleted" });
    await create();
    expect(await endpointIds(caller)).not.toEqual(before);
    const later = await sendOpen(caller, 9);
    await eventually(async () => expect(await deliveryOf(caller, later)).toMatchObject({ status: "delivered" }));
    expect(times()).toEqual([9]);
    await receiver.stop();
  });
});
