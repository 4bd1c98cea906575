import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { answer, post } from "./posting.ts";
import { rawReceiver, receiver } from "./receiver.ts";

const timeoutMs = 500;
const GENEROUS_MS = 8_000; // far above the deadline, far below what any other timer would take

/** Sends the parts, one every 100 ms, for as long as the connection lives. */
function drip(part: string, start = "") {
  return (socket: Socket): void => {
    socket.write(start);
    const timer = setInterval(() => socket.write(part), 100);
    socket.on("close", () => clearInterval(timer));
  };
}

describe("the deadline", () => {
  it("ends a POST that is never answered", async () => {
    // fault 1
    await using it = await receiver(() => {});
    const attempt = await post(it.url, { timeoutMs });
    expect(attempt).toMatchObject({ outcome: "timeout", reason: "no response within 500 ms" });
    expect(attempt.answer).toBeUndefined();
    expect(attempt.durationMs).toBeGreaterThanOrEqual(timeoutMs - 10);
    expect(attempt.durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("does not blame a receiver that answered in time while this process was busy", async () => {
    // In a thread of its own: the receiver is not busy.
    const server = new Worker(
      `const { createServer } = require("node:http"); const { parentPort } = require("node:worker_threads");
       const server = createServer((request, response) => request.resume().on("end", () => setTimeout(() => response.end("ok"), 200)));
       server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
      { eval: true },
    );
    const [port] = await once(server, "message");
    try {
      const posted = post(`http://127.0.0.1:${port}/`, { timeoutMs });
      await sleep(100); // it is on its way, and its answer will be
      await new Promise((resolve) => setImmediate(resolve)); // behind this come timers, and only then what has arrived
      for (const until = performance.now() + 3 * timeoutMs; performance.now() < until; );
      expect((await posted).outcome).toBe("success");
    } finally {
      await server.terminate();
    }
  });

  it.each([
    ["headers that drip, a line each 100 ms", drip("x-a: b\r\n", "HTTP/1.1 200 OK\r\n")], // fault 2
    ["a flood of 103 Early Hints", drip("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")], // fault 8
    ["a status line that never ends", drip("x", "HTTP/1.1 200 ")],
  ])("ends %s", async (_what, behaviour) => {
    await using it = await receiver(behaviour);
    const { outcome, durationMs } = await post(it.url, { timeoutMs });
    expect(outcome).toBe("timeout");
    expect(durationMs).toBeLessThan(GENEROUS_MS);
  });

  it.each([
    [200, "success"],
    [500, "http_status"],
  ])("leaves %i to decide when only the body drips, and keeps what came of it", async (status, outcome) => {
    // fault 3
    await using it = await receiver(drip("x", `HTTP/1.1 ${status} Words\r\nContent-Length: 1000\r\n\r\nfirst`));
    const attempt = await post(it.url, { timeoutMs });
    expect(attempt).toMatchObject({ outcome, answer: { status, isTruncated: true } });
    expect(Buffer.from(attempt.answer?.body ?? []).toString()).toMatch(/^firstx*$/);
    expect(attempt.durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("closes the connection of what it ends", async () => {
    const closed = Promise.withResolvers<void>();
    await using it = await rawReceiver((socket) => {
      socket.resume().on("close", () => closed.resolve());
    });
    await post(it.url, { timeoutMs: 300 });
    await closed.promise;
  });

  it("bounds a name look-up that never ends", async () => {
    // fault 20
    const { outcome, durationMs } = await post(
      "http://receiver.test:8080/",
      { timeoutMs },
      { resolve: () => new Promise(() => {}) },
    );
    expect(outcome).toBe("timeout");
    expect(durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("bounds the sending of a body that nobody reads", async () => {
    await using it = await rawReceiver((socket) => socket.pause());
    const { outcome, durationMs } = await post(it.url, {
      timeoutMs,
      body: Buffer.alloc(16 * 1024 * 1024),
      headers: {},
    });
    expect(outcome).toBe("timeout");
    expect(durationMs).toBeLessThan(GENEROUS_MS);
  });

  it("leaves a slow answer alone that comes in time, though idle connections close sooner", async () => {
    await using it = await receiver((socket) => setTimeout(() => socket.write(answer(200)), 3_500));
    expect(await post(it.url)).toMatchObject({ outcome: "success" });
  });
});
