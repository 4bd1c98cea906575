import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createPool, type Pool } from "../../local/emulator/functions/pool.ts";
import { refusalOf } from "../../local/emulator/gateway/admission.ts";
import { startGateway } from "../../local/emulator/gateway/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-admission-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function poolWith(room: Pool["room"]) {
  const ran: unknown[] = [];
  const pool: Pool = {
    room,
    run: async (event) => {
      ran.push(event);
      return { kind: "answered", json: '"ran"' };
    },
    busyShare: () => 0,
    warm: async () => undefined,
    stop: async () => undefined,
  };
  return { pool, ran };
}

describe("a function that cannot keep up", () => {
  it("a request without room gets 503 with Retry-After, and its function never sees it", async () => {
    const full = poolWith(async () => false);
    const gateway = await startGateway(0);
    const routes = [{ key: "$default", functionArn: "fn" }];
    gateway.open({ routes, pools: new Map([["fn", full.pool]]), before: () => false });
    const { status, headers } = await fetch(`${gateway.url}/v1/events`, { method: "POST", body: "{}" });
    expect([status, headers.get("retry-after"), full.ran]).toEqual([503, "2", []]);
    await gateway.close();
  });

  it("a request beyond the maximum of waiting ones gets 503 at once", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { pool } = poolWith(() => promise);
    const first = [refusalOf(pool, 2), refusalOf(pool, 2)];
    expect(await refusalOf(pool, 2)).toMatchObject({ status: 503 });
    resolve(true);
    expect(await Promise.all(first)).toEqual([undefined, undefined]);
    expect(await refusalOf(pool, 2)).toBeUndefined();
  });

  it("a wait for room that is over takes no room from the next one", async () => {
    writeFileSync(
      join(folder, "index.mjs"),
      "export const handler = (ms) => new Promise((end) => setTimeout(end, ms));",
    );
    const spec = { name: "fn", arn: "fn", label: "fn", code: folder, handler: "index.handler" };
    const log = { line: () => undefined, failed: () => undefined };
    const pool = createPool({ ...spec, timeoutMs: 60_000, memoryMb: 128, environment: {} }, 1, log);
    await pool.warm();
    const running = pool.run(1_000);
    const given = pool.room(1);
    const next = pool.room();
    expect(await given).toBe(false);
    await running;
    expect(await next).toBe(true);
    await pool.stop();
  });
});
