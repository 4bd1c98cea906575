import { describe, expect, it } from "vitest";
import { changeEndpoint } from "../../../lambdas/endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../../../lambdas/endpoints/delete-endpoint.ts";
import { registerEndpoint } from "../../../lambdas/endpoints/register-endpoint.ts";
import { pair } from "./backup-pair.ts";

describe("who may be whose backup", () => {
  it.each([
    ["itself", "main", "main"],
    ["a backup of its own", "main", "backup"],
  ])("is not %s", async (_, of, to) => {
    const { world, main, backup } = await pair();
    const ids: Record<string, string> = { main: main.endpoint.id, backup: backup.endpoint.id };
    const change = changeEndpoint(world, "acme", ids[of] ?? "", (present) => ({
      ...present,
      backupOf: [ids[to] ?? ""],
    }));
    await expect(change).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer: "/backupOf/0" }] });
  });

  it("may be changed in all else when the one it stands in for is gone", async () => {
    const { world, main, backup } = await pair();
    await deleteEndpoint(world, "acme", main.endpoint.id);
    await main.wake();
    const change = changeEndpoint(world, "acme", backup.endpoint.id, (present) => ({ ...present, description: "x" }));
    expect((await change).endpoint).toMatchObject({ description: "x", backupOf: [main.endpoint.id] });
  });

  it("is no other account's endpoint, and none that does not exist", async () => {
    const { world, main } = await pair();
    const register = registerEndpoint(world, "globex", { ...main.endpoint, backupOf: [main.endpoint.id] });
    await expect(register).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer: "/backupOf/0" }] });
  });
});
