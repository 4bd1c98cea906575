import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Gateway, startGateway } from "../../local/emulator/gateway/gateway.ts";
import { createBudget } from "../../local/inbox/budget.ts";
import { createInboxes } from "../../local/inbox/inbox.ts";
import { Post } from "../../local/inbox/post.ts";
import { openPosts } from "../../local/inbox/posts.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const folder = mkdtempSync(join(tmpdir(), "rappel-inbox-"));
let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(0);
  const before = createInboxes(async (inbox) => (inbox === "unregistered" ? [] : [SECRET]), folder);
  gateway.open({ routes: [], pools: new Map(), before });
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (path: string, init?: RequestInit) => fetch(`${gateway.url}/inbox/${path}`, init);
const posts = async (name: string) =>
  z.object({ data: z.array(Post) }).parse(await (await at(name, { headers: { accept: "application/json" } })).json())
    .data;
const opened = (name: string) => openPosts(name, createBudget(Number.MAX_SAFE_INTEGER), folder);
const signed = (id: string, body: string, secret = SECRET) => {
  const now = new Date();
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = new Webhook(secret).sign(id, now, body);
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
};

describe("the inbox", () => {
  it("the inbox answers 200 and keeps the exact bytes, newest first", async () => {
    const bytes = new Uint8Array([0, 255, 10, 13]);
    expect((await at("bytes", { method: "POST", body: '\uFEFF{"a": 1.10}' })).status).toBe(200);
    expect((await at("bytes?x=1", { method: "DELETE", body: bytes, headers: { "X-Case": "kept" } })).status).toBe(200);
    const [second, first] = await posts("bytes");
    expect(first).toMatchObject({ number: 1, method: "POST", body: '\uFEFF{"a": 1.10}', bodyBytes: 14 });
    expect(second).toMatchObject({
      number: 2,
      method: "DELETE",
      target: "/inbox/bytes?x=1",
      body: null,
      bodyBase64: "AP8KDQ==",
    });
    expect(second?.headers.map(([name]) => name.toLowerCase())).toContain("x-case");
  });

  it("the inbox shows whether a signature is valid and why not", async () => {
    const body = '{"id":1}';
    const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    await at("verify", { method: "POST", body, headers: signed("evt_1", body) });
    await at("verify", { method: "POST", body: `${body} `, headers: signed("evt_2", body) });
    await at("verify", { method: "POST", body, headers: signed("evt_3", body, other) });
    await at("verify", { method: "POST", body });
    await at("unregistered", { method: "POST", body, headers: signed("evt_5", body) });
    const verdicts = [...(await posts("unregistered")), ...(await posts("verify"))].map((post) => [
      post.isVerified,
      post.verdict,
    ]);
    expect(verdicts).toEqual([
      [false, "no endpoint is registered with this inbox's URL"],
      [false, "no webhook-id, webhook-timestamp, webhook-signature header"],
      [false, "No matching signature found"],
      [false, "No matching signature found"],
      [true, "the signature matches an endpoint registered with this URL"],
    ]);
  });

  it("the inbox counts the attempts per webhook-id", async () => {
    for (const id of ["evt_1", "evt_2", "evt_1"]) {
      await at("attempts", { method: "POST", body: "{}", headers: signed(id, "{}") });
    }
    expect((await posts("attempts")).map(({ webhookId, attempt }) => [webhookId, attempt])).toEqual([
      ["evt_1", 2],
      ["evt_2", 1],
      ["evt_1", 1],
    ]);
  });

  it("the inbox can answer errors and delays, and records closed connections", async () => {
    expect((await at("bad?answer=503", { method: "POST" })).status).toBe(503);
    await expect(at("bad?delayMs=20000", { method: "POST", signal: AbortSignal.timeout(1_000) })).rejects.toThrow();
    await expect.poll(async () => (await posts("bad"))[0]?.hungUpAfterMs ?? 0).toBeGreaterThan(100);
    expect((await posts("bad"))[0]?.answer).toEqual({ status: 200, delayMs: 20_000 });
  });

  it("the inbox refuses invalid answers, delays and names", async () => {
    for (const query of ["answer=199", "answer=600", "answer=ok", "delayMs=-1", "delayMs=120001"]) {
      const answer = await at(`limits?${query}`, { method: "POST" });
      expect([query, answer.status]).toEqual([query, 400]);
    }
    expect(await posts("limits")).toEqual([]);
    for (const name of ["", "a.b", "a/b", "x".repeat(65)]) expect([name, (await at(name)).status]).toEqual([name, 404]);
    expect((await at("x".repeat(64))).status).toBe(200);
  });

  it("the inbox page runs only its own script", async () => {
    await at("page", { method: "POST", body: "<script>alert(1)</script>" });
    const page = await at("page", { headers: { accept: "text/html,*/*" } });
    const html = await page.text();
    expect(html).toContain("<title>Inbox page");
    expect(html).not.toContain("alert(1)");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none';.*script-src 'nonce-[\w-]+'/);
  });

  it("the inbox page is notified of each POST", async () => {
    const feed = await at("live", { headers: { accept: "text/event-stream" } });
    const reader = feed.body?.pipeThrough(new TextDecoderStream()).getReader();
    await at("live", { method: "POST", body: "hello" });
    let heard = "";
    while (!heard.includes("hello")) heard += (await reader?.read())?.value ?? "";
    expect(heard).toContain('"body":"hello"');
    await reader?.cancel();
  });

  it("the inbox keeps the newest 500 POSTs over a restart", async () => {
    expect(opened("attempts").list()).toEqual(await posts("attempts"));
    expect(opened("bad").list()[0]?.hungUpAfterMs).toBeGreaterThan(100);
    const full = opened("full");
    const [sample] = await posts("bytes");
    if (!sample) throw new Error("There is no post");
    for (let count = 0; count < 501; count += 1) full.add(sample);
    expect(full.list().map(({ number }) => number)).toEqual(Array.from({ length: 500 }, (_, index) => 501 - index));
    expect(opened("full").list()).toEqual(full.list());
  });

  it("the inboxes together keep no more bytes than their limit, and the newest post in any case", async () => {
    const { url, open, close } = await startGateway(0);
    open({ routes: [], pools: new Map(), before: createInboxes(async () => [], undefined, { keptBytes: 50_000 }) });
    const post = (name: string, bytes: number) =>
      fetch(`${url}/inbox/${name}`, { method: "POST", body: "x".repeat(bytes) });
    const sizes = async (name: string) => {
      const answer = await fetch(`${url}/inbox/${name}`, { headers: { accept: "application/json" } });
      const { data } = z.object({ data: z.array(Post) }).parse(await answer.json());
      return data.map(({ number, bodyBytes }) => [number, bodyBytes]);
    };
    // A post uses about 1,500 bytes, and 10/3 of its body's.
    for (const bytes of [4_000, 4_001]) await post("first", bytes);
    await post("second", 4_002);
    expect([await sizes("first"), await sizes("second")]).toEqual([
      [
        [2, 4_001],
        [1, 4_000],
      ],
      [[1, 4_002]],
    ]);
    await post("second", 4_003);
    expect([await sizes("first"), await sizes("second")]).toEqual([
      [[2, 4_001]],
      [
        [2, 4_003],
        [1, 4_002],
      ],
    ]);
    await post("first", 50_000);
    expect([await sizes("first"), await sizes("second")]).toEqual([[[3, 50_000]], []]);
    await close();
  });

  it("the file of an inbox does not grow with every post, and only its owner may read it", async () => {
    const [sample] = await posts("bytes");
    if (!sample) throw new Error("There is no post");
    const path = join(folder, "growing.jsonl");
    const post = { ...sample, body: "x".repeat(100_000), bodyBase64: "eHh4".repeat(33_334) };
    const growing = openPosts("growing", createBudget(1_000_000), folder);
    for (let count = 0; count < 40; count += 1) growing.add(post);
    expect(statSync(path).size).toBeLessThan(3_500_000); // 40 of them are over 9 MB
    expect(opened("growing").list().slice(0, growing.list().length)).toEqual(growing.list());
    expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  });
});
