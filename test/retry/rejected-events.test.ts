import { describe, expect, it } from "vitest";
import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { resendEvent } from "../../lambdas/events/resend-event.ts";
import { idTime } from "../../lambdas/shared/ids.ts";
import { eventWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";
import { addEndpoint } from "./add-endpoint.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

describe("a URL that rejects some events permanently", () => {
  it.each([
    [1, 0],
    [3, 0],
    [10, 300], // a third: sometimes five new events in a row are rejected
  ])(
    "the other events are delivered at once if %i of 32 are rejected",
    { timeout: 300_000 },
    async (refused, lateMost) => {
      const arrived = new Map<string, number>();
      const isRefused = (id: string) => LETTERS.indexOf(id.at(-1) ?? "") < refused;
      const world = memoryWorld(({ headers }) => {
        const id = headers["webhook-id"] ?? "";
        if (isRefused(id)) return { status: 400, tookMs: 0 };
        if (!arrived.has(id)) arrived.set(id, world.clock.now());
        return { status: 200, tookMs: 0 };
      });
      const hook = await addEndpoint(world);
      const sent: string[] = [];
      const until = world.clock.now() + 3 * HOUR_MS;
      for (let next = world.clock.now(); world.clock.now() < until; world.clock.move(SECOND_MS)) {
        if (world.clock.now() >= next) {
          sent.push(...(await hook.send()).map(({ id }) => id));
          next += 2 * SECOND_MS;
        }
        const { wakeAt, status } = await hook.state();
        expect(status).not.toBe("suspended");
        if (wakeAt !== undefined && wakeAt <= world.clock.now()) await hook.wake();
      }
      const good = sent.filter((id) => !isRefused(id)).slice(0, -100);
      expect(good.filter((id) => !arrived.has(id))).toEqual([]);
      const lateMs = good.map((id) => (arrived.get(id) ?? 0) - idTime(id)).filter((ms) => ms > 5 * SECOND_MS);
      expect(lateMs.length).toBeLessThanOrEqual(lateMost);
      expect(Math.max(0, ...lateMs)).toBeLessThan(10 * 60 * SECOND_MS);
    },
  );
});

describe("a Retry-After of many years", () => {
  it("Retry-After is limited to a day, and resuming ends it", async () => {
    const world = memoryWorld(() => ({ status: 503, tookMs: 0, headers: { "retry-after": "999999999" } }));
    const hook = await addEndpoint(world);
    await hook.send();
    const { notBefore = 0, wakeAt } = await hook.state();
    expect(notBefore).toBe(world.clock.now() + DAY_MS);
    expect(wakeAt).toBe(notBefore);
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    expect(await hook.state()).not.toHaveProperty("notBefore");
  });
});

describe("an answer of 410", () => {
  it("an answer of 410 suspends the endpoint at once and stops the rest of the batch", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const hook = await addEndpoint(world, { retrySchedule: "sarbacane" });
    await hook.send(100);
    expect(await hook.state()).toMatchObject({ status: "suspended", statusReason: { code: "gone" } });
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(26);
    expect(hook.published()).toMatchObject([{ type: "rappel.endpoint.suspended" }]);
  });

  it("an answer of 410 stops the rest of the batch even if other events of the batch succeed", async () => {
    let posts = 0;
    const world = memoryWorld(() => ({ status: posts++ === 0 ? 410 : 200, tookMs: 0 }));
    const hook = await addEndpoint(world);
    await hook.send(100);
    expect(world.webhookClient.ledger.length).toBeLessThanOrEqual(26);
    expect((await hook.state()).status).toBe("suspended");
  });

  it("an answer of 410 from an old url does not suspend the new url", async () => {
    const old = "https://old.example.com/";
    const world = memoryWorld(async ({ url }) => {
      if (url !== old) return { status: 200 };
      await changeEndpoint(world, "acme", hook.endpoint.id, (present) => ({
        ...present,
        url: "https://new.example.com/",
      }));
      return { status: 410 };
    });
    const hook = await addEndpoint(world, { url: old });
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await hook.send();
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    await hook.wake();
    expect((await hook.state()).status).not.toBe("suspended");
  });
});

describe("a url change that was interrupted before the status change", () => {
  it("a repeated url change resumes the endpoint after an interruption", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const hook = await addEndpoint(world);
    await hook.send();
    world.clock.move(SECOND_MS);
    const move = () =>
      changeEndpoint(world, "acme", hook.endpoint.id, (present) => ({ ...present, url: "https://new.example.com/" }));
    const { update } = world.states;
    world.states.update = () => Promise.reject(new Error("killed"));
    await expect(move()).rejects.toThrow("killed");
    world.states.update = update;
    expect((await hook.state()).status).toBe("suspended");
    await move();
    expect((await hook.state()).status).toBe("failing");
  });

  it("a change that leaves the url as it is does not resume a suspended endpoint", async () => {
    const world = memoryWorld(() => ({ status: 410, tookMs: 0 }));
    const hook = await addEndpoint(world);
    await hook.send();
    for (const description of ["one", "two"]) {
      world.clock.move(SECOND_MS);
      await changeEndpoint(world, "acme", hook.endpoint.id, (present) => ({ ...present, description }));
    }
    expect((await hook.state()).status).toBe("suspended");
  });
});

describe('an endpoint that was resumed with backlog "skip"', () => {
  it("skipped events and older ones can be resent", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const [delivered] = await hook.send();
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    const [skipped] = await hook.send();
    world.clock.move(SECOND_MS);
    await resumeEndpoint(world, "acme", hook.endpoint.id, "skip");
    await hook.wake();
    world.clock.move(SECOND_MS);
    for (const event of [delivered, skipped]) await resendEvent(world, "acme", event?.id ?? "");
    await dispatcher(world)(
      world.queue.resends.map((resend) => ({ content: { account: "acme", events: [], resend }, receives: 1 })),
      world.clock.now() + 60_000,
    );
    await hook.wake();
    const sent = world.webhookClient.ledger.map(({ headers }) => headers["webhook-id"]);
    expect(sent.toSorted()).toEqual([delivered?.id, delivered?.id, skipped?.id].toSorted());
  });
});

describe("an interrupted deletion", () => {
  it("an interrupted deletion is completed by the endpoint's round", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const { remove } = world.endpoints;
    world.endpoints.remove = () => Promise.reject(new Error("killed"));
    await expect(deleteEndpoint(world, "acme", hook.endpoint.id)).rejects.toThrow("killed");
    world.endpoints.remove = remove;
    await hook.wake();
    expect(await world.endpoints.list("acme")).toEqual([]);
  });

  it("an endpoint without a state can be deleted", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    await world.states.remove(hook.endpoint.id, []);
    await deleteEndpoint(world, "acme", hook.endpoint.id);
    expect(await world.endpoints.list("acme")).toEqual([]);
  });
});

describe("a URL that fails in many concurrent dispatches", () => {
  it("concurrent dispatches publish endpoint.failing once", async () => {
    const world = memoryWorld(() => ({ status: 500, tookMs: 0 }));
    const hook = await addEndpoint(world);
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
    expect(hook.published()).toMatchObject([{ type: "rappel.endpoint.failing" }]);
  });
});

describe("a failed release", () => {
  it("a failed release leaves no POST in flight", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, { releaseRate: 500 });
    await pauseEndpoint(world, "acme", hook.endpoint.id);
    await hook.send(400);
    await resumeEndpoint(world, "acme", hook.endpoint.id);
    let inFlight = 0;
    const { post } = world.webhookClient;
    world.webhookClient.post = async (...args) => {
      inFlight++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      inFlight--;
      return post(...args);
    };
    const { oldest } = world.deliveries;
    let reads = 0;
    world.deliveries.oldest = (...args) => (++reads > 2 ? Promise.reject(new Error("throttled")) : oldest(...args));
    await expect(hook.wake()).rejects.toThrow("throttled");
    expect(world.webhookClient.ledger.length).toBeGreaterThan(10);
    expect(inFlight).toBe(0);
  });
});
