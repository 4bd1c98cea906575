import { describe, expect, it } from "vitest";
import { itemBytes } from "../../local/emulator/usage-meter/item-bytes.ts";
import { LiveSchedules } from "../../local/emulator/usage-meter/live-schedules.ts";
import { dollarsFor } from "../../local/emulator/usage-meter/usage.ts";

describe("prices and sizes", () => {
  it("usage is priced by the price list", () => {
    expect(dollarsFor({ httpRequests: 1_000_000, writeUnits: 2_000_000, gbSeconds: 1_000 })).toBeCloseTo(2.2633334, 9);
  });

  it("the size of an item is counted as in DynamoDB", () => {
    // Names and values: text in UTF-8, numbers by half their digits plus 1, maps and lists 3 plus 1 for each member.
    expect(
      itemBytes({ pk: { S: "é" }, n: { N: "-12.5" }, b: { B: "AAAA" }, t: { BOOL: true }, z: { NULL: true } }),
    ).toBe(4 + (1 + 3) + (1 + 3) + 2 + 2);
    expect(
      itemBytes({ m: { M: { a: { S: "1" } } }, l: { L: [{ S: "12" }, { N: "1" }] }, s: { SS: ["a", "bc"] } }),
    ).toBe(1 + (3 + 1 + 2) + 1 + (3 + 1 + 2 + 1 + 2) + 1 + 3);
  });

  it("schedules that differ only in their last number belong to the same owner", () => {
    const live = new LiveSchedules();
    live.note(["ep_a-1", "ep_a-2", "ep_b-1"]);
    live.note(["ep_a-2"]);
    expect([live.mostOf("ep_a"), live.mostOf("ep_b")]).toEqual([2, 1]);
  });
});
