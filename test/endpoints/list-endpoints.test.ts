import { describe, expect, it } from "vitest";
import { SCOPES, type Scope } from "../../lambdas/accounts/model/key.ts";
import { listEndpoints } from "../../lambdas/endpoints/find-endpoint.ts";
import { type EndpointStatus, newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { endpointSearch } from "../../lambdas/http/views/endpoint-views.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { endpointWith, NOON } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

const STATUSES = ["active", "failing", "suspended"] as const;

async function worldOfThree() {
  const world = memoryWorld();
  const added = [await addEndpoint(world), await addEndpoint(world), await addEndpoint(world)];
  const ids = added.map(({ endpoint }) => endpoint.id).sort();
  for (const [n, status] of STATUSES.entries()) await world.states.update(ids[n] ?? "", { set: { status } });
  return { world, ids };
}

const idsOf = ({ items }: Awaited<ReturnType<typeof listEndpoints>>) => items.map(({ endpoint }) => endpoint.id);

describe("a list of endpoints", () => {
  it.each<[EndpointStatus[], number[]]>([
    [["active"], [0]],
    [
      ["failing", "suspended"],
      [2, 1],
    ],
    [["paused"], []],
  ])("the list of an account with the statuses %j has only those, newest first", async (statuses, expected) => {
    const { world, ids } = await worldOfThree();
    expect(idsOf(await listEndpoints(world, "acme", { statuses, limit: 9 }))).toEqual(expected.map((n) => ids[n]));
  });

  it("a page of a filtered list is full, and the next one goes on after it", async () => {
    const { world, ids } = await worldOfThree();
    const query = { statuses: ["active", "suspended"] as const, limit: 1 };
    const first = await listEndpoints(world, "acme", query);
    expect([idsOf(first), first.next]).toEqual([[ids[2]], ids[2]]);
    const second = await listEndpoints(world, "acme", { ...query, before: first.next ?? "" });
    expect([idsOf(second), second.next]).toEqual([[ids[0]], undefined]);
  });

  it("without an account the endpoints of all accounts are listed by status", async () => {
    const { world, ids } = await worldOfThree();
    expect(idsOf(await listEndpoints(world, undefined, { statuses: ["failing", "suspended"], limit: 9 }))).toEqual([
      ids[2],
      ids[1],
    ]);
    await pauseEndpoint(world, "acme", ids[1] ?? "");
    expect(idsOf(await listEndpoints(world, undefined, { statuses: ["paused"], limit: 9 }))).toEqual([ids[1]]);
  });

  it.each([[undefined], [["active"] as const], [["failing", "active"] as const]])(
    "without an account the statuses %j are refused",
    async (statuses) => {
      const { world } = await worldOfThree();
      await expect(listEndpoints(world, undefined, { limit: 9, ...(statuses && { statuses }) })).rejects.toMatchObject({
        code: "ACCOUNT_REQUIRED",
      });
    },
  );

  it("an endpoint that has recovered since the index was written is left out", async () => {
    const { world, ids } = await worldOfThree();
    const { states } = world;
    const listed = await states.listed(["failing"], { limit: 9 });
    await states.update(ids[1] ?? "", { set: { status: "active" } });
    const lagging = { ...world, states: { ...states, listed: async () => listed } };
    expect(idsOf(await listEndpoints(lagging, undefined, { statuses: ["failing"], limit: 9 }))).toEqual([]);
  });

  describe("the reads that a page costs", () => {
    /** 3,000 endpoints, of which every hundredth is failing; and what was read of them. */
    async function largeWorld() {
      const world = memoryWorld();
      const added = Array.from({ length: 3_000 }, (_, n) =>
        endpointWith({ id: newId("ep", NOON + n, world.random.next), url: `https://r${n}.example.com/` }),
      );
      for (const [n, endpoint] of added.entries()) {
        await world.endpoints.add(endpoint, newState(endpoint.id, "acme", NOON));
        if (n % 100 === 0) await world.states.update(endpoint.id, { set: { status: "failing" } });
      }
      const read = { queries: 0, endpoints: 0, states: 0 };
      const { endpoints, states } = world;
      const counting = {
        endpoints: {
          ...endpoints,
          list: () => Promise.reject(new Error("All endpoints were read")),
          page: async (...query: Parameters<typeof endpoints.page>) => {
            const page = await endpoints.page(...query);
            read.queries++;
            read.endpoints += page.items.length;
            return page;
          },
        },
        states: {
          ...states,
          read: (ids: readonly string[]) => {
            read.states += ids.length;
            return states.read(ids);
          },
        },
      };
      return { counting, read, ids: added.map(({ id }) => id).toReversed() };
    }

    it("of 3,000 endpoints, the first page and a later one read what they show and one more", async () => {
      const { counting, read, ids } = await largeWorld();
      const first = await listEndpoints(counting, "acme", { limit: 25 });
      expect([idsOf(first), first.next]).toEqual([ids.slice(0, 25), ids[24]]);
      expect(read).toEqual({ queries: 1, endpoints: 26, states: 26 });
      expect(idsOf(await listEndpoints(counting, "acme", { limit: 25, before: ids[2_499] ?? "" }))).toEqual(
        ids.slice(2_500, 2_525),
      );
      expect(read).toEqual({ queries: 2, endpoints: 52, states: 52 });
    });

    it("of 3,000 endpoints, a page by status reads at most 500 and continues from there", async () => {
      const { counting, read, ids } = await largeWorld();
      const first = await listEndpoints(counting, "acme", { statuses: ["failing"], limit: 25 });
      expect([idsOf(first), first.next]).toEqual([[99, 199, 299, 399, 499].map((n) => ids[n]), ids[499]]);
      expect(read).toEqual({ queries: 5, endpoints: 500, states: 500 });
    });

    it("of 3,000 endpoints, a search reads only the states of those that match", async () => {
      const { counting, read, ids } = await largeWorld();
      const matches = endpointSearch("R2995.example", SCOPES);
      const found = await listEndpoints(counting, "acme", { matches, limit: 25 });
      expect(idsOf(found)).toEqual([ids[4]]);
      expect(read).toEqual({ queries: 5, endpoints: 500, states: 1 });
    });

    it("a session of one endpoint reads that one", async () => {
      const { counting, read, ids } = await largeWorld();
      const found = await listEndpoints(counting, "acme", { only: ids[1_000], limit: 25 });
      expect([idsOf(found), found.next]).toEqual([[ids[1_000]], undefined]);
      expect(read).toEqual({ queries: 0, endpoints: 0, states: 1 });
    });
  });

  it("a search finds ids, URLs and descriptions, but nothing in a query that its key is not shown", () => {
    const endpoint = endpointWith({ url: "https://example.com/?token=s3cret", description: "Orders of ACME" });
    const finds = (text: string, scopes: readonly Scope[]) => endpointSearch(text, scopes)(endpoint);
    expect(["EXAMPLE.com", "acme", endpoint.id, "s3cret"].map((text) => finds(text, ["read"]))).toEqual(
      Array(4).fill(true),
    );
    expect([finds("s3cret", ["read:status"]), finds("example.com", ["read:status"]), finds("other", ["read"])]).toEqual(
      [false, true, false],
    );
  });
});
