import { describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../../lambdas/endpoints/delete-endpoint.ts";
import { resumeEndpoint } from "../../../lambdas/endpoints/pause-resume.ts";
import { BACKUP, MAIN, MINUTE_MS, pair, SECOND_MS } from "./backup-pair.ts";

describe("a backup", () => {
  it("a suspended backup moves its deliveries back when the main endpoint is resumed first", async () => {
    const { send, got, fails, recovers, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(20);
    await pass(5 * MINUTE_MS);
    sent.push(...(await send(5)));
    await pass(5 * MINUTE_MS);
    expect((await main.state()).status).toBe("suspended");
    expect((await backup.state()).status).toBe("suspended");
    recovers(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
    expect(await backup.backlog()).toEqual([]);
    expect(got(BACKUP)).toEqual([]);
  });

  it("a backup that is resumed first gets the deliveries that are pending for the main endpoint", async () => {
    const { send, got, fails, recovers, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP, 410);
    const sent = await send(3);
    await pass(MINUTE_MS);
    sent.push(...(await send(10))); // both are suspended: these are queued for the main endpoint
    await pass(MINUTE_MS);
    expect((await main.backlog()).length).toBe(10);
    recovers(BACKUP);
    await resumeEndpoint(world, "acme", backup.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(BACKUP)).toEqual(sent.toSorted());
    expect(await main.backlog()).toEqual([]);
  });

  it("no event is lost or delivered twice however often the main endpoint and its backup take turns", async () => {
    const { send, got, fails, recovers, pass, main, backup, world } = await pair();
    const sent: string[] = [];
    for (let round = 0; round < 6; round++) {
      const [failing, working] = round % 2 === 0 ? [MAIN, BACKUP] : [BACKUP, MAIN];
      fails(failing, 410);
      fails(working, 410);
      sent.push(...(await send(4)));
      await pass(MINUTE_MS);
      recovers(working);
      const { endpoint } = working === MAIN ? main : backup;
      await resumeEndpoint(world, "acme", endpoint.id);
      if (round % 3 === 2) sent.push(...(await send(2)));
      await pass(MINUTE_MS);
    }
    recovers(MAIN);
    recovers(BACKUP);
    for (const { endpoint } of [main, backup]) await resumeEndpoint(world, "acme", endpoint.id);
    await pass(2 * MINUTE_MS);
    expect([...got(MAIN), ...got(BACKUP)].toSorted()).toEqual(sent.toSorted());
    expect([...(await main.backlog()), ...(await backup.backlog())]).toEqual([]);
  });

  it("a backup moves its deliveries back if the main endpoint is resumed during the backup's round", async () => {
    const { send, got, fails, recovers, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(6);
    await pass(5 * SECOND_MS);
    const { post } = world.webhookClient;
    let isRevived = false;
    world.webhookClient.post = async (webhook, isSuccess) => {
      if (!isRevived && webhook.url === BACKUP) {
        isRevived = true;
        recovers(MAIN);
        await resumeEndpoint(world, "acme", main.endpoint.id);
        await main.wake();
      }
      return post(webhook, isSuccess);
    };
    await backup.wake();
    expect(isRevived).toBe(true);
    expect(await backup.backlog()).toEqual([]);
    await pass(5 * SECOND_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });

  it("a backup that is deleted moves its deliveries back", async () => {
    const { send, got, fails, recovers, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    const sent = await send(8);
    await pass(30 * SECOND_MS);
    expect((await backup.backlog()).length).toBe(8);
    await deleteEndpoint(world, "acme", backup.endpoint.id);
    await pass(5 * SECOND_MS);
    expect((await main.backlog()).map(({ eventId }) => eventId)).toEqual(sent.toSorted());
    recovers(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await pass(MINUTE_MS);
    expect(got(MAIN)).toEqual(sent.toSorted());
  });

  it('a backup skips the deliveries on behalf of a main endpoint that is resumed with backlog "skip"', async () => {
    const { send, got, fails, recovers, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    fails(BACKUP);
    await send(3);
    await pass(30 * SECOND_MS);
    recovers(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id, "skip");
    await pass(MINUTE_MS);
    expect(await backup.backlog()).toEqual([]);
    expect(got(MAIN)).toEqual([]);
  });
});

describe("a backup that failed, after the main endpoint recovered", () => {
  it("a backup moves back a delivery that joined it because a dispatch had an outdated state", async () => {
    const { send, got, fails, recovers, pass, main, backup, world } = await pair();
    fails(MAIN, 410);
    await send(1);
    await pass(10 * SECOND_MS);
    fails(BACKUP);
    const suspended = await main.state();
    recovers(MAIN);
    await resumeEndpoint(world, "acme", main.endpoint.id);
    await main.wake();
    await pass(2 * SECOND_MS);
    const { read } = world.states;
    const outdated: typeof read = async (ids) => {
      const states = await read(ids);
      if (ids.length === 1 && ids[0] === main.endpoint.id) states.set(main.endpoint.id, suspended);
      return states;
    };
    let reads = 0;
    // Dispatch reads the state once and trusts it for 5 s. Later reads are up to date.
    world.states.read = (ids) => (ids[0] === main.endpoint.id && reads++ === 0 ? outdated(ids) : read(ids));
    const [late = ""] = await send(1);
    world.states.read = read;
    expect((await backup.backlog()).map(({ eventId, onBehalfOf }) => [eventId, onBehalfOf])).toEqual([
      [late, main.endpoint.id],
    ]);
    await pass(5 * SECOND_MS);
    expect(got(MAIN)).toContain(late);
    expect(await backup.backlog()).toEqual([]);
  });
});
