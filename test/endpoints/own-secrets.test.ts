import { describe, expect, it } from "vitest";
import { registerEndpoint } from "../../lambdas/endpoints/register-endpoint.ts";
import { rotateSecret } from "../../lambdas/endpoints/rotate-secret.ts";
import { NewEndpointBody, RotateBody } from "../../lambdas/http/schemas/action-bodies.ts";
import { parseFields } from "../../lambdas/http/schemas/parse-fields.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { endpointWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

const secretOf = (bytes: number, fill = 0xa7) => `whsec_${Buffer.alloc(bytes, fill).toString("base64")}`;
const create = (secret: unknown) =>
  parseFields(NewEndpointBody, { url: "https://example.com/hook", eventTypes: ["*"], secret });

describe("a secret of the user's own", () => {
  it.each(Array.from({ length: 41 }, (_, n) => 24 + n))("of %i bytes is accepted, whatever they are", (bytes) => {
    for (const fill of [0x00, 0x5b, 0xa7, 0xfb, 0xff])
      expect(create(secretOf(bytes, fill)).start.secret).toBe(secretOf(bytes, fill));
  });

  const good = secretOf(32);
  it.each<[string, unknown]>([
    ["of 23 bytes", secretOf(23)],
    ["of 65 bytes", secretOf(65)],
    ["without a prefix", good.slice(6)],
    ["with another prefix", good.replace("whsec_", "whpk_")],
    ["in base64url", secretOf(33, 0xfb).replaceAll("+", "-").replaceAll("/", "_")],
    ["without padding", good.replace("=", "")],
    ["with bits left over", good.replace(/.=$/, "5=")],
    ["with a space", ` ${good}`],
    ["with a line break", `${good}\n`],
    ["that is empty", ""],
    ["that is null", null],
    ["that is a number", 42],
  ])("%s is refused with what is allowed, and never repeated", (_, secret) => {
    for (const read of [() => create(secret), () => parseFields(RotateBody, { secret })]) {
      const error = (() => {
        try {
          return read();
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toBeInstanceOf(RappelError);
      const text = JSON.stringify(error, ["message", "details", "errors", "pointer", "detail", "allowed", "value"]);
      expect(error).toMatchObject({ code: "FIELDS_INVALID" });
      expect(text).toContain("/secret");
      if (typeof secret === "string" && secret.length > 10) expect(text).not.toContain(secret.trim().slice(8, 24));
    }
  });

  it("signs alone from the registration on", async () => {
    const world = memoryWorld();
    const { endpoint } = await registerEndpoint(world, "acme", endpointWith({}), { secret: good });
    expect(endpoint.secrets).toEqual([good]);
  });

  it("can replace a secret, and does not sign twice if it signed before", async () => {
    const world = memoryWorld();
    const { endpoint } = await addEndpoint(world);
    const [old = ""] = endpoint.secrets;
    await rotateSecret(world, "acme", endpoint.id, 24, good);
    const back = await rotateSecret(world, "acme", endpoint.id, 24, old);
    expect(back.endpoint.secrets).toEqual([old]);
    expect(back.endpoint.oldSecrets?.map(({ secret }) => secret)).toEqual([good]);
  });
});

describe("rotating a secret", () => {
  it("publishes it once, without the secret, to the account and the operator", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const { endpoint } = await rotateSecret(world, "acme", hook.endpoint.id, 24);
    await hook.wake();
    const [event, ...others] = hook.published();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: "rappel.endpoint.secret_rotated", account: "acme", endpoint: endpoint.id });
    expect(event?.reason).toMatch(/^the signing secret was rotated; the old ones sign until 20/);
    const sent = world.queue.sent.map(({ account, id }) => [account, id]);
    expect(sent.map(([account]) => account).toSorted()).toEqual(["acme", "operator"]);
    expect(new Set(sent.map(([, id]) => id)).size).toBe(1);
    const bytes = world.queue.sent.map(({ payload }) => Buffer.from(payload).toString()).join();
    for (const secret of [...endpoint.secrets, ...hook.endpoint.secrets])
      expect(bytes).not.toContain(secret.slice(6, 20));
    expect(await hook.state()).not.toHaveProperty("announce");
    expect(await hook.state()).toMatchObject({ status: "active" });
  });

  it("publishes each of many rotations, and of a paused endpoint too", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    for (let n = 0; n < 9; n++) {
      await rotateSecret(world, "acme", hook.endpoint.id, 0);
      await hook.wake();
    }
    expect(hook.published().map(({ type }) => type)).toEqual(Array(9).fill("rappel.endpoint.secret_rotated"));
    expect(hook.published()[0]?.reason).toBe("the signing secret was rotated; the old ones no longer sign");
  });

  it("publishes it although the state changes at the same moment", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    const { update } = world.states;
    let isFirst = true;
    Object.assign(world.states, {
      update: async (...args: Parameters<typeof update>) => {
        if (isFirst) await update(hook.endpoint.id, { add: { announced: 1 } });
        isFirst = false;
        return update(...args);
      },
    });
    await rotateSecret(world, "acme", hook.endpoint.id, 0);
    await hook.wake();
    expect(hook.published()).toHaveLength(1);
  });
});
