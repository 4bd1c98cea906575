import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { openFixture, register, send } from "../support/fixture.ts";

const { callerOf, receive } = openFixture();
const Secret = z.object({ secret: z.string(), previous: z.array(z.object({ secret: z.string() })) });

describe("a secret that is rotated", { timeout: 900_000 }, () => {
  it("an old secret signs together with the new one during the overlap", async () => {
    const caller = await callerOf("rotates");
    const receiver = await receive();
    const id = await register(caller, receiver.url);
    const before = Secret.parse((await caller.call("GET", `/v1/endpoints/${id}/secret`)).json);
    const rotated = await caller.call("POST", `/v1/endpoints/${id}/secret/rotate`, { overlapHours: 1 });
    const after = Secret.parse(rotated.json);
    expect(after.secret).not.toBe(before.secret);
    expect(after.previous.map(({ secret }) => secret)).toEqual([before.secret]);
    await send(caller, 1);
    const [post] = await receiver.waitFor(1);
    for (const { secret } of [before, after])
      expect(new Webhook(secret).verify(post?.body.toString() ?? "", { ...post?.headers })).toBe(1);
  });

  it("an old secret stops signing at once if the overlap is 0 hours", async () => {
    const caller = await callerOf("leaked");
    const receiver = await receive();
    const id = await register(caller, receiver.url);
    const before = Secret.parse((await caller.call("GET", `/v1/endpoints/${id}/secret`)).json);
    const rotated = await caller.call("POST", `/v1/endpoints/${id}/secret/rotate`, { overlapHours: 0 });
    const after = Secret.parse(rotated.json);
    expect(after.previous).toEqual([]);
    await send(caller, 1);
    const [post] = await receiver.waitFor(1);
    const verify = (secret: string) => new Webhook(secret).verify(post?.body.toString() ?? "", { ...post?.headers });
    expect(verify(after.secret)).toBe(1);
    expect(() => verify(before.secret)).toThrow();
  });

  it("other changes keep the old secrets, and at most five secrets sign at the same time", async () => {
    const caller = await callerOf("rotates-often");
    const id = await register(caller, (await receive()).url);
    for (let n = 1; n < 5; n++) await caller.call("POST", `/v1/endpoints/${id}/secret/rotate`);
    await caller.call("PATCH", `/v1/endpoints/${id}`, { description: "changed" });
    expect(Secret.parse((await caller.call("GET", `/v1/endpoints/${id}/secret`)).json).previous).toHaveLength(4);
    const refused = await caller.call("POST", `/v1/endpoints/${id}/secret/rotate`);
    expect(refused.json).toMatchObject({ status: 409, code: "TOO_MANY_SECRETS" });
  });

  it("a receiver verifies with the secret of the sender before, given at the registration or at a rotation", async () => {
    const caller = await callerOf("switches");
    const receiver = await receive();
    const own = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString("base64")}`;
    const id = await register(caller, receiver.url, { secret: own(0x5b) });
    await send(caller, 1);
    const [first] = await receiver.waitFor(1);
    expect(new Webhook(own(0x5b)).verify(first?.body.toString() ?? "", { ...first?.headers })).toBe(1);
    await caller.call("POST", `/v1/endpoints/${id}/secret/rotate`, { overlapHours: 0, secret: own(0xfb) });
    await send(caller, 2);
    const [, second] = await receiver.waitFor(2);
    expect(new Webhook(own(0xfb)).verify(second?.body.toString() ?? "", { ...second?.headers })).toBe(2);
    expect((await caller.call("GET", `/v1/endpoints/${id}`)).text).not.toContain("whsec_");
    const refused = await caller.call("POST", `/v1/endpoints/${id}/secret/rotate`, { secret: "whsec_tooShort" });
    expect(refused.status).toBe(422);
    expect(refused.text).not.toContain("tooShort");
  });
});
