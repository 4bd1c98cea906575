import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { idTime } from "../../lambdas/shared/ids.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { lifeOf } from "./rounds.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

describe("a URL that is well and refuses some events for ever", () => {
  it.each([
    [1, 0],
    [3, 0],
    [10, 300], // a third: five fresh ones in a row are refused now and then
  ])("gets the others at once: %i of 32 are refused", { timeout: 300_000 }, async (refused, lateMost) => {
    const arrived = new Map<string, number>();
    const isRefused = (id: string) => LETTERS.indexOf(id.at(-1) ?? "") < refused;
    const world = memoryWorld(({ headers }) => {
      const id = headers["webhook-id"] ?? "";
      if (isRefused(id)) return { status: 400, tookMs: 0 };
      if (!arrived.has(id)) arrived.set(id, world.clock.now());
      return { status: 200, tookMs: 0 };
    });
    const life = await lifeOf(world);
    const sent: string[] = [];
    const until = world.clock.now() + 3 * HOUR_MS;
    for (let next = world.clock.now(); world.clock.now() < until; world.clock.move(SECOND_MS)) {
      if (world.clock.now() >= next) {
        sent.push(...(await life.send()).map(({ id }) => id));
        next += 2 * SECOND_MS;
      }
      const { wakeAt, status } = await life.state();
      expect(status).not.toBe("suspended");
      if (wakeAt !== undefined && wakeAt <= world.clock.now()) await life.wake();
    }
    const good = sent.filter((id) => !isRefused(id)).slice(0, -100);
    expect(good.filter((id) => !arrived.has(id))).toEqual([]);
    const lateMs = good.map((id) => (arrived.get(id) ?? 0) - idTime(id)).filter((ms) => ms > 5 * SECOND_MS);
    expect(lateMs.length).toBeLessThanOrEqual(lateMost);
    expect(Math.max(0, ...lateMs)).toBeLessThan(10 * 60 * SECOND_MS);
  });
});

describe("a receiver that asks for patience without measure", () => {
  it("is obeyed for a day, and resuming it ends that", async () => {
    const world = memoryWorld(() => ({ status: 503, tookMs: 0, headers: { "retry-after": "999999999" } }));
    const life = await lifeOf(world);
    await life.send();
    const { notBefore = 0, wakeAt } = await life.state();
    expect(notBefore).toBe(world.clock.now() + DAY_MS);
    expect(wakeAt).toBe(notBefore);
    await resumeEndpoint(world, "acme", life.endpoint.id);
    expect(await life.state()).not.toHaveProperty("notBefore");
  });
});

describe("a receiver that says 410", () => {
  it("is suspended at once, at its first attempt, and gets nothing more of the batch", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const life = await lifeOf(world, { retrySchedule: "sarbacane" });
    await life.send(100);
    expect(await life.state()).toMatchObject({ status: "suspended", statusReason: "answered 410 Gone" });
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(26);
    expect(life.told()).toMatchObject([{ type: "rappel.endpoint.suspended" }]);
  });

  it("gets nothing more of the batch either where it takes what was sent beside", async () => {
    let posts = 0;
    const world = memoryWorld(() => ({ status: posts++ === 0 ? 410 : 200, tookMs: 0 }));
    const life = await lifeOf(world);
    await life.send(100);
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(26);
    expect((await life.state()).status).toBe("suspended");
  });

  it("from an old url does not suspend the new one", async () => {
    const old = "https://old.example.com/";
    const world = memoryWorld(async ({ url }) => {
      if (url !== old) return { status: 200 };
      await changeEndpoint(world, "acme", life.endpoint.id, (present) => ({
        ...present,
        url: "https://new.example.com/",
      }));
      return { status: 410 };
    });
    const life = await lifeOf(world, { url: old });
    await pauseEndpoint(world, "acme", life.endpoint.id);
    await life.send();
    await resumeEndpoint(world, "acme", life.endpoint.id);
    await life.wake();
    expect((await life.state()).status).not.toBe("suspended");
  });
});

describe("a change of the url that died before it came to the status", () => {
  it("revives the endpoint when it is made again", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const life = await lifeOf(world);
    await life.send();
    world.clock.move(SECOND_MS);
    const move = () =>
      changeEndpoint(world, "acme", life.endpoint.id, (present) => ({ ...present, url: "https://new.example.com/" }));
    const { update } = world.states;
    world.states.update = () => Promise.reject(new Error("died here"));
    await expect(move()).rejects.toThrow("died here");
    world.states.update = update;
    expect((await life.state()).status).toBe("suspended");
    await move();
    expect((await life.state()).status).toBe("failing");
  });

  it("is no reason to revive it for any other change", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const life = await lifeOf(world);
    await life.send();
    for (const description of ["one", "two"]) {
      world.clock.move(SECOND_MS);
      await changeEndpoint(world, "acme", life.endpoint.id, (present) => ({ ...present, description }));
    }
    expect((await life.state()).status).toBe("suspended");
  });
});

describe("an endpoint that was resumed without its backlog", () => {
  it("can be resent what was skipped, and what is older", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    const [delivered] = await life.send();
    await pauseEndpoint(world, "acme", life.endpoint.id);
    const [skipped] = await life.send();
    world.clock.move(SECOND_MS);
    await resumeEndpoint(world, "acme", life.endpoint.id, "skip");
    await life.wake();
    world.clock.move(SECOND_MS);
    for (const event of [delivered, skipped]) await resendEvent(world, "acme", event?.id ?? "");
    await dispatcher(world)(
      world.queue.wishes.map((resend) => ({ content: { account: "acme", events: [], resend }, receives: 1 })),
      world.clock.now() + 60_000,
    );
    await life.wake();
    const sent = world.webhookClient.ledger.map(({ headers }) => headers["webhook-id"]);
    expect(sent.toSorted()).toEqual([delivered?.id, delivered?.id, skipped?.id].toSorted());
  });
});

describe("a deletion that died halfway", () => {
  it("is finished by the endpoint's round", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    const { remove } = world.endpoints;
    world.endpoints.remove = () => Promise.reject(new Error("died here"));
    await expect(deleteEndpoint(world, "acme", life.endpoint.id)).rejects.toThrow("died here");
    world.endpoints.remove = remove;
    await life.wake();
    expect(await world.endpoints.list("acme")).toEqual([]);
  });

  it("can be asked for again where only the endpoint is left", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world);
    await world.states.remove(life.endpoint.id, []);
    await deleteEndpoint(world, "acme", life.endpoint.id);
    expect(await world.endpoints.list("acme")).toEqual([]);
  });
});

describe("a URL that dies under many dispatches at a time", () => {
  it("is told of once, by the one that found it failing", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const life = await lifeOf(world);
    const { update } = world.states;
    let turn = 0;
    world.states.update = async (id, change) => {
      const updated = await update(id, change);
      await new Promise((resolve) => setTimeout(resolve, turn++ % 7));
      return updated;
    };
    const batches = Array.from({ length: 20 }, () => dispatcher(world));
    await Promise.all(
      batches.map((dispatch) =>
        dispatch(
          [{ content: { account: "acme", events: [eventWith(), eventWith()] }, receives: 1 }],
          world.clock.now() + 60_000,
        ),
      ),
    );
    expect(life.told()).toMatchObject([{ type: "rappel.endpoint.failing" }]);
  });
});

describe("a release that breaks off", () => {
  it("leaves no POST under way", async () => {
    const world = memoryWorld();
    const life = await lifeOf(world, { releaseRate: 500 });
    await pauseEndpoint(world, "acme", life.endpoint.id);
    await life.send(400);
    await resumeEndpoint(world, "acme", life.endpoint.id);
    let underWay = 0;
    const { post } = world.webhookClient;
    world.webhookClient.post = async (...args) => {
      underWay++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      underWay--;
      return post(...args);
    };
    const { oldest } = world.deliveries;
    let reads = 0;
    world.deliveries.oldest = (...args) => (++reads > 2 ? Promise.reject(new Error("throttled")) : oldest(...args));
    await expect(life.wake()).rejects.toThrow("throttled");
    expect(world.webhookClient.ledger.length).toBeGreaterThan(10);
    expect(underWay).toBe(0);
  });
});
