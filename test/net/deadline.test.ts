import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { answer, post } from "./posting.ts";
import { rawReceiver, receiver } from "./receiver.ts";

const timeoutMs = 500;
const GENEROUS_MS = 8_000; // far above the deadline, far below any other timeout

/** Sends the part every 100 ms until the connection closes. */
function drip(part: string, start = "") {
  return (socket: Socket): void => {
    socket.write(start);
    const timer = setInterval(() => socket.write(part), 100);
    socket.on("close", () => clearInterval(timer));
  };
}

describe("the deadline", () => {
  it("the deadline ends a POST without an answer", async () => {
    await using it = await receiver(() => {});
    const attempt = await post(it.url, { timeoutMs });
    expect(attempt).toMatchObject({ outcome: "timeout", reason: "no response within 500 ms" });
    expect(attempt.answer).toBeUndefined();
    expect(attempt.durationMs).toBeGreaterThanOrEqual(timeoutMs - 10);
    expect(attempt.durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("an answer that arrived in time counts even if this process was busy at the deadline", async () => {
    // In its own thread, so that the receiver is not busy.
    const server = new Worker(
      `const { createServer } = require("node:http"); const { parentPort } = require("node:worker_threads");
       const server = createServer((request, response) => request.resume().on("end", () => setTimeout(() => response.end("ok"), 200)));
       server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
      { eval: true },
    );
    const [port] = await once(server, "message");
    try {
      const posted = post(`http://127.0.0.1:${port}/`, { timeoutMs });
      await sleep(100); // the request is sent, and the answer will arrive soon
      await new Promise((resolve) => setImmediate(resolve)); // timers run next, and only then incoming data
      for (const until = performance.now() + 3 * timeoutMs; performance.now() < until; );
      expect((await posted).outcome).toBe("success");
    } finally {
      await server.terminate();
    }
  });

  it.each([
    ["slow headers, a line every 100 ms", drip("x-a: b\r\n", "HTTP/1.1 200 OK\r\n")],
    ["a flood of 103 Early Hints", drip("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")],
    ["an endless status line", drip("x", "HTTP/1.1 200 ")],
  ])("the deadline ends %s", async (_what, behaviour) => {
    await using it = await receiver(behaviour);
    const { outcome, durationMs } = await post(it.url, { timeoutMs });
    expect(outcome).toBe("timeout");
    expect(durationMs).toBeLessThan(GENEROUS_MS);
  });

  it.each([
    [200, "success"],
    [500, "http_status"],
  ])("the status %i counts if only the body is slow, and the received part is kept", async (status, outcome) => {
    await using it = await receiver(drip("x", `HTTP/1.1 ${status} Words\r\nContent-Length: 1000\r\n\r\nfirst`));
    const attempt = await post(it.url, { timeoutMs });
    expect(attempt).toMatchObject({ outcome, answer: { status, isTruncated: true } });
    expect(Buffer.from(attempt.answer?.body ?? []).toString()).toMatch(/^firstx*$/);
    expect(attempt.durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("the deadline closes the connection", async () => {
    const closed = Promise.withResolvers<void>();
    await using it = await rawReceiver((socket) => {
      socket.resume().on("close", () => closed.resolve());
    });
    await post(it.url, { timeoutMs: 300 });
    await closed.promise;
  });

  it("the deadline ends a DNS lookup without an answer", async () => {
    const { outcome, durationMs } = await post(
      "http://receiver.test:8080/",
      { timeoutMs },
      { resolve: () => new Promise(() => {}) },
    );
    expect(outcome).toBe("timeout");
    expect(durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("the deadline ends the sending of a body that is not read", async () => {
    await using it = await rawReceiver((socket) => socket.pause());
    const { outcome, durationMs } = await post(it.url, {
      timeoutMs,
      body: Buffer.alloc(16 * 1024 * 1024),
      headers: {},
    });
    expect(outcome).toBe("timeout");
    expect(durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("a slow answer within the deadline is a success, although idle connections close sooner", async () => {
    await using it = await receiver((socket) => setTimeout(() => socket.write(answer(200)), 3_500));
    expect(await post(it.url)).toMatchObject({ outcome: "success" });
  });
});
