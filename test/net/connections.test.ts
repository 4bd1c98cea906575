import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { memoryClock } from "../../local/simulator/memory/clock.ts";
import { answer, is2xx, post, until, webhookClientWith, webhookTo } from "./posting.ts";
import { closedPort, rawReceiver, receiver } from "./receiver.ts";

describe("a POST", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["JSON", Buffer.from('{"n":19421777396190491,"z":1.10}')],
    ["every byte value", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ["256 KiB", Buffer.alloc(256 * 1024, "é\r\n\r\n")],
  ])("a POST with %s is received once, byte for byte", async (_what, body) => {
    await using it = await receiver(answer(200));
    expect(await post(it.url, { body })).toMatchObject({ outcome: "success" });
    const [first, ...more] = it.posts;
    expect(more).toEqual([]);
    expect(first?.body.equals(body)).toBe(true);
    const [line, ...headers] = first?.head.split("\r\n") ?? [];
    expect(line).toBe("POST /hook HTTP/1.1");
    expect(headers).toContain(`content-length: ${body.length}`);
    expect(headers).toContain(`Host: receiver.test:${it.port}`);
    expect(headers.filter((header) => /^(transfer-encoding|accept-encoding|expect):/i.test(header))).toEqual([]);
    expect(headers.filter((header) => /^content-length:/i.test(header))).toHaveLength(1);
  });

  it('a POST that cannot be written has the outcome "internal" and does not throw', async () => {
    await expect(post("not a url")).resolves.toMatchObject({ outcome: "internal", reason: "ERR_INVALID_URL" });
    await expect(post("http://receiver.test/", { headers: { "x-a": "a\r\nb: c" } })).resolves.toMatchObject({
      outcome: "internal",
      reason: "ERR_INVALID_CHAR",
    });
    await expect(post("http://receiver.test/", { headers: { "x a": "b" } })).resolves.toMatchObject({
      outcome: "internal",
      reason: "ERR_INVALID_HTTP_TOKEN",
    });
  });

  it('an error in the success rule is the outcome "internal"', async () => {
    await using it = await receiver(answer(200));
    const attempt = webhookClientWith().post(webhookTo(it.url), () => {
      throw new RangeError("No such rule");
    });
    await expect(attempt).resolves.toMatchObject({ outcome: "internal", reason: "RangeError" });
  });

  it("an attempt has the start time of the clock and a monotonic duration", async () => {
    await using it = await receiver(answer(200));
    const clock = memoryClock();
    const { startedAt, durationMs } = await post(it.url, {}, { clock });
    expect(startedAt).toBe(clock.now());
    expect(durationMs).toBeGreaterThanOrEqual(0);
  });
});

describe("a connection", () => {
  it("a refused connection is a failure", async () => {
    expect(await post(`http://receiver.test:${await closedPort()}/`)).toMatchObject({
      outcome: "connect_refused",
      reason: "ECONNREFUSED",
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ["closed without an answer", (socket) => socket.end()],
    ["reset", (socket) => socket.resetAndDestroy()],
    ["closed after an interim answer", (socket) => socket.end("HTTP/1.1 100 Continue\r\n\r\n")],
    ["half-closed in the headers", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Le")],
    ["reset in the headers", (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Le", () => socket.resetAndDestroy())],
  ])("a connection that is %s is lost", async (_what, behaviour) => {
    await using it = await receiver(behaviour);
    expect(await post(it.url)).toMatchObject({ outcome: "connection_lost" });
    expect(it.posts).toHaveLength(1);
  });

  it("a connection that is closed before anything is written is lost", async () => {
    await using it = await rawReceiver((socket) => socket.destroy());
    expect(await post(it.url)).toMatchObject({ outcome: "connection_lost" });
  });

  it.each([
    [200, "success"],
    [500, "http_status"],
  ])(
    "a connection lost in the body of a %i leaves the outcome to the status, with a truncated body",
    async (status, outcome) => {
      await using it = await receiver((socket) => {
        socket.write(`HTTP/1.1 ${status} Words\r\nContent-Length: 100\r\n\r\nhalf`);
        setTimeout(() => socket.resetAndDestroy(), 50);
      });
      expect(await post(it.url)).toMatchObject({ outcome, answer: { status, isTruncated: true } });
    },
  );

  it("a body that ends with the connection is complete", async () => {
    await using it = await receiver((socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nhello"));
    expect(await post(it.url)).toMatchObject({
      outcome: "success",
      answer: { isTruncated: false, body: new Uint8Array(Buffer.from("hello")) },
    });
  });

  it.each([413, 401])("an answer of %i during the sending of 1 MB counts", async (status) => {
    await using it = await rawReceiver((socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.end(answer(status, { headers: ["Connection: close"] }));
        setTimeout(() => socket.resetAndDestroy(), 200);
      });
    });
    expect(await post(it.url, { body: Buffer.alloc(1_000_000) })).toMatchObject({
      outcome: "http_status",
      answer: { status },
    });
  });

  it("a receiver that answers early and reads no more has its connection closed", async () => {
    const body = Buffer.alloc(16 * 1024 * 1024);
    const closed = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    let receivedBytes = 0;
    await using it = await rawReceiver((socket) => {
      socket.on("close", () => closed.resolve());
      socket.on("data", (chunk) => {
        receivedBytes += chunk.length;
        if (receivedBytes > chunk.length) return;
        socket.pause();
        socket.write(answer(413));
        void answered.promise.then(() => socket.resume());
      });
    });
    expect(await post(it.url, { body })).toMatchObject({ outcome: "http_status", answer: { status: 413 } });
    answered.resolve();
    await closed.promise;
    expect(receivedBytes).toBeLessThan(body.length);
  });

  it("the second address is tried if the first refuses the connection", async () => {
    await using it = await receiver(answer(200));
    expect(await post(it.url, {}, { resolve: async () => ["127.0.0.2", "127.0.0.1"] })).toMatchObject({
      outcome: "success",
    });
    expect(await post(it.url, {}, { resolve: async () => ["::1", "127.0.0.1"] })).toMatchObject({ outcome: "success" });
  });

  it("a connection that every address refuses is a failure", async () => {
    const url = `http://receiver.test:${await closedPort()}/`;
    expect(await post(url, {}, { resolve: async () => ["127.0.0.2", "127.0.0.1", "127.0.0.3"] })).toMatchObject({
      outcome: "connect_refused",
    });
  });
});

describe("a kept-alive connection", () => {
  it("a connection is reused, for one POST at a time", async () => {
    await using it = await receiver(answer(200, { body: "ok" }));
    const webhookClient = webhookClientWith();
    for (let nth = 0; nth < 5; nth++) await webhookClient.post(webhookTo(it.url), is2xx);
    expect(it.posts.map(({ connection }) => connection)).toEqual([1, 1, 1, 1, 1]);
    await Promise.all([1, 2, 3].map(() => webhookClient.post(webhookTo(it.url), is2xx)));
    expect(it.sockets.length).toBe(3);
  });

  it("a connection is not reused if the answer was not read completely", async () => {
    await using it = await receiver(answer(200, { body: Buffer.alloc(64 * 1024) }));
    const webhookClient = webhookClientWith();
    for (let nth = 0; nth < 2; nth++) await webhookClient.post(webhookTo(it.url), is2xx);
    expect(it.sockets).toHaveLength(2);
  });

  it("no POST is sent twice if the receiver closes connections without notice", async () => {
    await using it = await receiver((socket) => socket.end(answer(200)));
    const webhookClient = webhookClientWith();
    const outcomes: string[] = [];
    for (let nth = 0; nth < 30; nth++)
      outcomes.push((await webhookClient.post(webhookTo(it.url, { body: Buffer.from(String(nth)) }), is2xx)).outcome);
    expect(outcomes.filter((outcome) => outcome !== "success" && outcome !== "connection_lost")).toEqual([]);
    const received = it.posts.map(({ body }) => Number(body));
    expect(received).toEqual([...new Set(received)]);
    for (const [nth, outcome] of outcomes.entries()) if (outcome === "success") expect(received).toContain(nth);
  });

  it("a POST on a connection that was closed fails and is not repeated", async () => {
    await using it = await receiver((socket, { connection, body }) => {
      if (String(body) === "second") socket.resetAndDestroy();
      else socket.write(answer(connection === 1 ? 200 : 201));
    });
    const webhookClient = webhookClientWith();
    await webhookClient.post(webhookTo(it.url), is2xx);
    expect(await webhookClient.post(webhookTo(it.url, { body: Buffer.from("second") }), is2xx)).toMatchObject({
      outcome: "connection_lost",
    });
    expect(it.posts.map(({ connection }) => connection)).toEqual([1, 1]);
    expect(await webhookClient.post(webhookTo(it.url), is2xx)).toMatchObject({ answer: { status: 201 } });
  });

  it.each([0, 50])("a connection is not reused after an unrequested answer, %i ms later", async (laterMs) => {
    const stray = answer(500);
    await using it = await receiver((socket) => {
      socket.write(laterMs === 0 ? Buffer.concat([answer(200), stray]) : answer(200));
      if (laterMs > 0) setTimeout(() => socket.write(stray), laterMs);
    });
    const webhookClient = webhookClientWith();
    for (let nth = 0; nth < 3; nth++) {
      expect(await webhookClient.post(webhookTo(it.url), is2xx)).toMatchObject({
        outcome: "success",
        answer: { status: 200 },
      });
      await until(() => it.sockets.every((socket) => socket.destroyed));
    }
  });

  it("an idle connection is closed", async () => {
    await using it = await receiver(answer(200));
    await post(it.url);
    expect(it.sockets[0]?.destroyed).toBe(false);
    await until(() => it.sockets[0]?.destroyed === true);
  });

  it("a connection is not reused after a frozen environment, and a POST in flight continues", async () => {
    const held = Promise.withResolvers<void>();
    await using it = await receiver((socket, { body }) => {
      if (String(body) === "held") void held.promise.then(() => socket.write(answer(202)));
      else socket.write(answer(200));
    });
    const clock = memoryClock();
    const webhookClient = webhookClientWith({ clock });
    const pending = webhookClient.post(webhookTo(it.url, { body: Buffer.from("held") }), is2xx);
    await until(() => it.posts.length === 1);
    await webhookClient.post(webhookTo(it.url), is2xx);
    clock.move(2_999);
    await webhookClient.post(webhookTo(it.url), is2xx);
    expect(it.sockets).toHaveLength(2);
    clock.move(3_001);
    expect(await webhookClient.post(webhookTo(it.url), is2xx)).toMatchObject({ outcome: "success" });
    expect(it.posts.map(({ connection }) => connection)).toEqual([1, 2, 2, 3]);
    held.resolve();
    expect(await pending).toMatchObject({ answer: { status: 202 } });
  });
});
