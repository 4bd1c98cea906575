import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { canRun, type ReceiverProcess, startExample } from "../../support/receiver-process.ts";
import { deliveryOf, eventually, openFixture, register, send } from "../support/fixture.ts";

const { callerOf, receive } = openFixture();
const folder = mkdtempSync(join(tmpdir(), "rappel-receivers-"));
const running: ReceiverProcess[] = [];
afterAll(async () => {
  for (const one of running) await one.kill();
  rmSync(folder, { recursive: true, force: true });
});
const Stored = z.object({ eventIds: z.array(z.string()), body: z.string() });
const storedIn = (store: string) =>
  (existsSync(store) ? readFileSync(store, "utf8") : "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Stored.parse(JSON.parse(line)));

describe("the example receivers", { timeout: 900_000 }, () => {
  it.skipIf(!canRun("Python"))(
    "the example receivers verify Rappel's webhooks, forward them, verify them again and store them",
    async () => {
      const caller = await callerOf("receivers");
      const store = join(folder, "events.jsonl");
      // The secret is known only after the URL is registered. A placeholder receives until then.
      const { url: placeholder } = await receive(() => ({ status: 503 }));
      const id = await register(caller, placeholder, { eventTypes: ["t"], group: { windowMs: 1_000 } });
      const { secret } = z
        .object({ secret: z.string() })
        .parse((await caller.call("GET", `/v1/endpoints/${id}/secret`)).json);
      const storing = await startExample("TypeScript", { WEBHOOK_SECRET: secret, STORE: store });
      running.push(storing);
      const passing = await startExample("Python", {
        WEBHOOK_SECRET: secret,
        NEXT_URL: storing.url,
        STORE: join(folder, "passed.jsonl"),
      });
      running.push(passing);
      await caller.call("PATCH", `/v1/endpoints/${id}`, { url: passing.url });

      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.push(await send(caller, { n }));
      await eventually(async () => {
        for (const eventId of ids) expect((await deliveryOf(caller, eventId)).status).toBe("delivered");
      });
      const stored = storedIn(store);
      expect(stored.flatMap(({ eventIds }) => eventIds).toSorted()).toEqual(ids.toSorted());
      expect(stored.map(({ body }) => body).toSorted()).toEqual(ids.map((_, n) => `{"n":${n}}`));
    },
  );
});
