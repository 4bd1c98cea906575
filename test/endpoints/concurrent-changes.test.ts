import { describe, expect, it } from "vitest";
import { changeEndpoint } from "../../lambdas/endpoints/change-endpoint.ts";
import { pauseEndpoint, resumeEndpoint } from "../../lambdas/endpoints/pause-resume.ts";
import { repeatOnConflict } from "../../lambdas/endpoints/repeat-on-conflict.ts";
import { rotateSecret } from "../../lambdas/endpoints/rotate-secret.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

describe("requests at the same moment", () => {
  it("twelve changes of different fields and four rotations all succeed", async () => {
    const world = memoryWorld();
    const { endpoint } = await addEndpoint(world);
    const names = Array.from({ length: 12 }, (_, n) => `k${n}`);
    const changes = names.map((name) =>
      repeatOnConflict(world, () =>
        changeEndpoint(world, "acme", endpoint.id, (current) => ({
          ...current,
          metadata: { ...current.metadata, [name]: "v" },
        })),
      ),
    );
    const rotations = Array.from({ length: 4 }, () =>
      repeatOnConflict(world, () => rotateSecret(world, "acme", endpoint.id, 24)),
    );
    await Promise.all([...changes, ...rotations]);
    const after = await world.endpoints.find("acme", endpoint.id);
    expect(Object.keys(after?.metadata ?? {}).sort()).toEqual(names.sort());
    expect(after?.oldSecrets).toHaveLength(4);
    expect(after?.version).toBe(17);
  });

  it("twelve pauses and resumes all succeed", async () => {
    const world = memoryWorld();
    const { endpoint } = await addEndpoint(world);
    const changes = Array.from({ length: 12 }, (_, n) =>
      (n % 2 === 0 ? pauseEndpoint : resumeEndpoint)(world, "acme", endpoint.id),
    );
    await expect(Promise.all(changes)).resolves.toHaveLength(12);
  });

  it("a conflict that does not end is reported after 24 tries, and another error at once", async () => {
    const world = memoryWorld();
    let tries = 0;
    const failing = (error: Error) =>
      repeatOnConflict(world, () => {
        tries++;
        return Promise.reject(error);
      });
    await expect(failing(new RappelError("WRITE_CONFLICT", "busy"))).rejects.toMatchObject({ code: "WRITE_CONFLICT" });
    expect(tries).toBe(24);
    tries = 0;
    await expect(failing(new RappelError("ENDPOINT_NOT_FOUND", "gone"))).rejects.toThrow("gone");
    expect(tries).toBe(1);
  });
});
