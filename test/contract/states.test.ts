import { describe, expect, it } from "vitest";
import type { Condition } from "../../lambdas/endpoints/model/conditional-update.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { endpointWith } from "../support/examples.ts";
import { newAccount, random, stateOf } from "./examples.ts";
import { IMPLEMENTATIONS, openPorts } from "./implementations.ts";

describe.each(IMPLEMENTATIONS)("endpoint states: %s", (implementation) => {
  const open = openPorts(implementation);

  describe("states", () => {
    const added = async (more: object = {}) => {
      const { endpoints, states } = open();
      const endpoint = endpointWith({ account: newAccount() });
      await endpoints.add(endpoint, stateOf(endpoint));
      await states.update(endpoint.id, { set: { streak: 0, ...more } });
      return endpoint.id;
    };

    it("an update sets, removes and adds in one step, and answers the new state", async () => {
      const { states } = open();
      const id = await added({ notBefore: 7, wakeAt: 9_000 });
      const change = {
        set: { lastOkAt: 77, streak: 1 },
        remove: ["notBefore", "wakeAt"],
        add: { parked: 2, version: 1 },
      } as const;
      const updated = await states.update(id, change);
      expect(updated).toMatchObject({ isDone: true, state: { lastOkAt: 77, streak: 1, parked: 2, version: 2 } });
      expect(updated?.state).not.toHaveProperty("notBefore");
      expect((await states.read([id])).get(id)).toEqual(updated?.state);
    });

    it.each<[string, object, Condition, boolean]>([
      ["absent", {}, { field: "wakeAt", is: "absent" }, true],
      ["absent", { wakeAt: 1 }, { field: "wakeAt", is: "absent" }, false],
      ["equal", { wakeAt: 1 }, { field: "wakeAt", is: "equal", to: 1 }, true],
      ["equal", { wakeAt: 2 }, { field: "wakeAt", is: "equal", to: 1 }, false],
      ["equal", {}, { field: "wakeAt", is: "equal", to: 1 }, false],
      ["at most", { wakeAt: 5 }, { field: "wakeAt", is: "at most", to: 5 }, true],
      ["at most", { wakeAt: 6 }, { field: "wakeAt", is: "at most", to: 5 }, false],
      ["at most", {}, { field: "wakeAt", is: "at most", to: 5 }, false],
      ["absent or above", {}, { field: "wakeAt", is: "absent or above", to: 5 }, true],
      ["absent or above", { wakeAt: 6 }, { field: "wakeAt", is: "absent or above", to: 5 }, true],
      ["absent or above", { wakeAt: 5 }, { field: "wakeAt", is: "absent or above", to: 5 }, false],
      ["absent or below", {}, { field: "roundUntil", is: "absent or below", to: 5 }, true],
      ["absent or below", { roundUntil: 4 }, { field: "roundUntil", is: "absent or below", to: 5 }, true],
      ["absent or below", { roundUntil: 5 }, { field: "roundUntil", is: "absent or below", to: 5 }, false],
    ])("an update runs only if a field is %s (%j, %j: %s)", async (_, present, condition, isDone) => {
      const { states } = open();
      const id = await added(present);
      const updated = await states.update(id, { add: { streak: 1 }, onlyIf: [condition] });
      expect(updated).toMatchObject({ isDone, state: { streak: isDone ? 1 : 0, ...present } });
    });

    it("an update does not create a state", async () => {
      const { states } = open();
      const gone = newId("ep", 1, random);
      expect(await states.update(gone, { add: { parked: 1 } })).toBeUndefined();
      expect(
        await states.update(gone, { onlyIf: [{ field: "wakeAt", is: "absent" }], set: { wakeAt: 1 } }),
      ).toBeUndefined();
      expect(await states.read([gone, gone])).toEqual(new Map());
    });

    it("a state is removed only if the conditions hold", async () => {
      const { states } = open();
      const id = await added({ wakeAt: 1 });
      await states.remove(id, [{ field: "wakeAt", is: "equal", to: 2 }]);
      expect((await states.read([id])).size).toBe(1);
      await states.remove(id, [{ field: "wakeAt", is: "equal", to: 1 }]);
      expect((await states.read([id])).size).toBe(0);
    });

    it("overdue wake-ups are listed until they are moved or removed", async () => {
      const { states } = open();
      const [early, late, none] = [await added({ wakeAt: 1_000 }), await added({ wakeAt: 90_000 }), await added()];
      const overdue = async (before: number) =>
        (await states.overdue(before, 1_000)).filter(({ endpoint }) => [early, late, none].includes(endpoint));
      expect(await overdue(50_000)).toEqual([{ endpoint: early, wakeAt: 1_000 }]);
      await states.update(early, { set: { wakeAt: 60_000 } });
      await states.update(late, { remove: ["wakeAt"] });
      expect(await overdue(50_000)).toEqual([]);
      expect(await overdue(100_000)).toEqual([{ endpoint: early, wakeAt: 60_000 }]);
    });
  });

  describe("many overdue wake-ups", () => {
    const open = openPorts(implementation); // Own ports, because wake-ups of other tests would be overdue too.

    it("overdue wake-ups are listed oldest first, up to the limit", async () => {
      const { endpoints, states } = open();
      const scheduled = Array.from({ length: 40 }, (_, n) => ({ endpoint: newId("ep", n + 1, random), wakeAt: n + 1 }));
      for (const { endpoint, wakeAt } of scheduled.toSorted(() => random() - 0.5)) {
        await endpoints.add(endpointWith({ id: endpoint, account: newAccount() }), {
          ...newState(endpoint, "acme", 5),
          wakeAt,
        });
        await states.update(endpoint, { set: { wakeAt } });
      }
      expect(await states.overdue(41, 100)).toEqual(scheduled);
      expect(await states.overdue(41, 13)).toEqual(scheduled.slice(0, 13));
      expect(await states.overdue(10, 100)).toEqual(scheduled.slice(0, 9));
      expect(await states.overdue(41, 0)).toEqual([]);
    });
  });
});
