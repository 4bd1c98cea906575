import { expect, it } from "vitest";
import { accountLimiter } from "../../lambdas/events/enforce-account-limits.ts";
import { memoryWorld } from "../support/memory-world.ts";

const CONFIG = { name: "", retentionDays: 30, limits: { endpoints: 9, eventsPerSecond: 2 } };

it("an account over its rate gets 429 with the seconds until its next event is accepted", async () => {
  const world = memoryWorld();
  await world.accounts.put("acme", CONFIG, world.clock.now());
  const admit = accountLimiter(world);
  const sent = (count: number) => Array.from({ length: count }, () => ({ account: "acme" }));
  await admit(sent(10)); // uses up five seconds of the rate
  const refusal = { code: "RATE_LIMITED", retryAfterSeconds: 4 };
  await expect(admit(sent(1))).rejects.toMatchObject(refusal);
  world.clock.move(3_900);
  await expect(admit(sent(1))).rejects.toMatchObject({ ...refusal, retryAfterSeconds: 1 });
  world.clock.move(100);
  await admit(sent(1));
  await expect(admit(sent(1))).rejects.toMatchObject({ ...refusal, retryAfterSeconds: 1 });
});

it("an account without a limit of its own has the deployment's default", async () => {
  const world = memoryWorld();
  await world.accounts.put("own", CONFIG, world.clock.now());
  const admit = accountLimiter(world, 1);
  const sent = (account: string, count: number) => Array.from({ length: count }, () => ({ account }));
  await admit([...sent("own", 4), ...sent("default", 4)]);
  await expect(admit(sent("own", 1))).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 1 });
  await expect(admit(sent("default", 1))).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 3 });
  const unlimited = accountLimiter(world);
  await unlimited(sent("default", 4));
});
