import { describe, expect, it } from "vitest";
import { changeEndpoint } from "../../../lambdas/endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../../../lambdas/endpoints/delete-endpoint.ts";
import { registerEndpoint } from "../../../lambdas/endpoints/register-endpoint.ts";
import { pair } from "./backup-pair.ts";

describe("backupOf", () => {
  it.each([
    ["itself", "main", "main"],
    ["its own backup", "main", "backup"],
  ])("an endpoint cannot be a backup of %s", async (_, of, to) => {
    const { world, main, backup } = await pair();
    const ids: Record<string, string> = { main: main.endpoint.id, backup: backup.endpoint.id };
    const change = changeEndpoint(world, "acme", ids[of] ?? "", (present) => ({
      ...present,
      backupOf: [ids[to] ?? ""],
    }));
    await expect(change).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer: "/backupOf/0" }] });
  });

  it("a backup can still be changed after the endpoint that it replaces was deleted", async () => {
    const { world, main, backup } = await pair();
    await deleteEndpoint(world, "acme", main.endpoint.id);
    await main.wake();
    const change = changeEndpoint(world, "acme", backup.endpoint.id, (present) => ({ ...present, description: "x" }));
    expect((await change).endpoint).toMatchObject({ description: "x", backupOf: [main.endpoint.id] });
  });

  it("an endpoint cannot be a backup of another account's endpoint", async () => {
    const { world, main } = await pair();
    const register = registerEndpoint(world, "globex", { ...main.endpoint, backupOf: [main.endpoint.id] });
    await expect(register).rejects.toMatchObject({ code: "FIELDS_INVALID", errors: [{ pointer: "/backupOf/0" }] });
  });
});
