import { describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../../lambdas/endpoints/delete-endpoint.ts";
import { resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { BACKUP, MAIN, MINUTE_MS, pair, SECOND_MS } from "./backup-pair.ts";

describe("a backup", () => {
  it("hands back what it could not deliver when the other is revived first", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(20);
    await pass(5 * MINUTE_MS);
    sent.push(...(await send(5)));
    await pass(5 * MINUTE_MS);
    expect((await main.state()).status).toBe("suspended");
    expect((await backup.state()).status).toBe("suspended");
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
    expect(await backup.waiting()).toEqual([]);
    expect(got(BACKUP)).toEqual([]);
  });

  it("gets what waits for the other when it is itself revived first", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP, 410);
    const sent = await send(3);
    await pass(MINUTE_MS);
    sent.push(...(await send(10))); // both are dead: these wait for the main one
    await pass(MINUTE_MS);
    expect((await main.waiting()).length).toBe(10);
    mends(BACKUP);
    await resumeEndpoint(world, "acme", backup.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual(sent.toSorted());
    expect(await main.waiting()).toEqual([]);
  });

  it("goes to and fro as often as the two die and come back, and no event is lost or had twice", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    const sent: string[] = [];
    for (let round = 0; round < 6; round++) {
      const [dying, living] = round % 2 === 0 ? [MAIN, BACKUP] : [BACKUP, MAIN];
      fails(dying, 410);
      fails(living, 410);
      sent.push(...(await send(4)));
      await pass(MINUTE_MS);
      mends(living);
      const { endpoint } = living === MAIN ? main : backup;
      await resumeEndpoint(world, "acme", endpoint.id);
      if (round % 3 === 2) sent.push(...(await send(2)));
      await pass(MINUTE_MS);
    }
    mends(MAIN);
    mends(BACKUP);
    for (const { endpoint } of [main, backup]) await resumeEndpoint(world, "acme", endpoint.id);
    await pass(2 * MINUTE_MS);
    expect([...got(MAIN), ...got(BACKUP)].toSorted()).toEqual(sent.toSorted());
    expect([...(await main.waiting()), ...(await backup.waiting())]).toEqual([]);
  });

  it("hands back though the other is revived in the middle of its round", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(6);
    await pass(5 * SECOND_MS);
    const { post } = world.webhookClient;
    let isRevived = false;
    world.webhookClient.post = async (webhook, isSuccess) => {
      if (!isRevived && webhook.url === BACKUP) {
        isRevived = true;
        mends(MAIN);
        await resumeEndpoint(world, "acme", main.endpoint.id);
        await main.wake();
      }
      return post(webhook, isSuccess);
    };
    await backup.wake();
    expect(isRevived).toBe(true);
    expect(await backup.waiting()).toEqual([]);
    await pass(5 * SECOND_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });

  it("gives back what it has for the other when it is deleted", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(8);
    await pass(30 * SECOND_MS);
    expect((await backup.waiting()).length).toBe(8);
    await deleteEndpoint(world, "acme", backup.endpoint.id);
    await pass(5 * SECOND_MS);
    expect((await main.waiting()).map(({ eventId }) => eventId)).toEqual(sent.toSorted());
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });

  it("skips what its main endpoint's user resumes without", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    await send(3);
    await pass(30 * SECOND_MS);
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id, "skip");
    await pass(MINUTE_MS);
    expect(await backup.waiting()).toEqual([]);
    expect(got(MAIN)).toEqual([]);
  });
});

describe("a backup that failed for one that is well again", () => {
  it("hands back what joined it by a function that had not heard of that yet", async () => {
    const { send, got, fails, mends, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    await send(1);
    await pass(10 * SECOND_MS);
    fails(BACKUP);
    const { stateOf } = { stateOf: await main.state() };
    mends(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await main.wake();
    await pass(2 * SECOND_MS);
    const { read } = world.states;
    const unaware: typeof read = async (ids) => {
      const states = await read(ids);
      if (ids.length === 1 && ids[0] === main.endpoint.id) states.set(main.endpoint.id, stateOf);
      return states;
    };
    let reads = 0;
    // Dispatch reads it once, and then trusts it for 5 s; whoever asks again is told how it is.
    world.states.read = (ids) => (ids[0] === main.endpoint.id && reads++ === 0 ? unaware(ids) : read(ids));
    const [late = ""] = await send(1);
    world.states.read = read;
    expect((await backup.waiting()).map(({ eventId, onBehalfOf }) => [eventId, onBehalfOf])).toEqual([
      [late, main.endpoint.id],
    ]);
    await pass(5 * SECOND_MS);
    expect(got(MAIN)).toContain(late);
    expect(await backup.waiting()).toEqual([]);
  });
});
