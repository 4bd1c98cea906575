import { describe, expect, it } from "vitest";
import { listEndpoints } from "../../lambdas/endpoints/find-endpoint.ts";
import type { EndpointStatus } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { pauseEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
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
});
