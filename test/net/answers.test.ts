import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { answer, post } from "./posting.ts";
import { receiver } from "./receiver.ts";

describe("answers", () => {
  it.each([200, 201, 202, 204, 206, 226])("an answer of %i is a success", async (status) => {
    await using it = await receiver(status === 204 ? "HTTP/1.1 204 No Content\r\n\r\n" : answer(status));
    expect(await post(it.url)).toMatchObject({ outcome: "success", answer: { status, isTruncated: false } });
  });

  it.each([300, 304, 400, 401, 403, 404, 410, 422, 429, 500, 502, 503, 504, 600, 999])(
    "an answer of %i is a failure with that status",
    async (status) => {
      await using it = await receiver(answer(status));
      expect(await post(it.url)).toMatchObject({ outcome: "http_status", answer: { status } });
      expect(it.posts).toHaveLength(1);
    },
  );

  it.each([301, 302, 303, 307, 308])("a redirect of %i is not followed, and its Location is kept", async (status) => {
    await using elsewhere = await receiver(answer(200));
    const location = `http://127.0.0.1:${elsewhere.port}/`;
    await using it = await receiver(answer(status, { headers: [`Location: ${location}`] }));
    expect(await post(it.url)).toMatchObject({ outcome: "http_status", answer: { status, headers: { location } } });
    expect(elsewhere.sockets).toHaveLength(0);
    expect(it.posts).toHaveLength(1);
  });

  it("a redirect to the metadata service is a failure like any redirect", async () => {
    await using it = await receiver(answer(307, { headers: ["Location: http://169.254.169.254/latest/api/token"] }));
    expect(await post(it.url)).toMatchObject({ outcome: "http_status", answer: { status: 307 } });
  });

  it.each([
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
  ])("the final answer counts after an interim %j", async (interim) => {
    await using it = await receiver(Buffer.concat([Buffer.from(interim.repeat(3)), answer(200, { body: "ok" })]));
    expect(await post(it.url)).toMatchObject({
      outcome: "success",
      answer: { status: 200, body: new Uint8Array(Buffer.from("ok")) },
    });
  });

  it.each(["Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "\r\n"])(
    "an answer of 101 with %j fails at once",
    async (rest) => {
      await using it = await receiver(`HTTP/1.1 101 Switching Protocols\r\n${rest}`);
      const { outcome, durationMs } = await post(it.url);
      expect(outcome).toBe("protocol_upgrade");
      expect(durationMs).toBeLessThan(9_000);
    },
  );

  it("an answer of 204 with a body is a success", async () => {
    await using it = await receiver("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello");
    expect(await post(it.url)).toMatchObject({ outcome: "success", answer: { status: 204 } });
  });

  it.each(["000", "1000", "20", "-1", "abc", ""])("the status %j is invalid HTTP", async (status) => {
    await using it = await receiver((socket) => socket.end(answer(status)));
    expect(await post(it.url)).toMatchObject({ outcome: "protocol_invalid" });
  });

  it("only Content-Type, Retry-After and Location are kept, and long values are truncated", async () => {
    await using it = await receiver(
      answer(503, {
        headers: [
          "Content-Type: text/plain",
          "Retry-After: 120",
          "Retry-After: 7",
          `Location: ${"x".repeat(5_000)}`,
          "Set-Cookie: a=b",
          "Server: x",
        ],
      }),
    );
    expect((await post(it.url)).answer?.headers).toEqual({
      "content-type": "text/plain",
      "retry-after": "120",
      location: "x".repeat(128),
    });
  });

  it("an answer may have 1,500 headers", async () => {
    await using it = await receiver(answer(200, { headers: Array.from({ length: 1_500 }, (_, nth) => `a${nth}: b`) }));
    expect(await post(it.url)).toMatchObject({ outcome: "success", answer: { headers: {} } });
  });

  it("headers may contain Latin-1", async () => {
    await using it = await receiver(answer(301, { headers: ["Location: /caf\u00e9"] }));
    expect((await post(it.url)).answer?.headers).toEqual({ location: "/caf\u00e9" });
  });
});

describe("the body of an answer", () => {
  it.each([0, 1, LIMITS.responseKeptBytes])("a body of %i bytes is kept completely", async (length) => {
    const body = Uint8Array.from({ length }, (_, at) => at % 256);
    await using it = await receiver(answer(200, { body }));
    expect((await post(it.url)).answer).toMatchObject({ body, isTruncated: false });
  });

  it.each([LIMITS.responseKeptBytes + 1, LIMITS.responseReadBytes, LIMITS.responseReadBytes + 1, 128 * 1024])(
    "a body of %i bytes is truncated and marked as truncated",
    async (length) => {
      const body = Uint8Array.from({ length }, (_, at) => at % 251);
      await using it = await receiver(answer(200, { body }));
      expect(await post(it.url)).toMatchObject({
        outcome: "success",
        answer: { body: body.subarray(0, LIMITS.responseKeptBytes), isTruncated: true },
      });
    },
  );

  it("a kept body is cut at a whole character", async () => {
    const ascii = "a".repeat(LIMITS.responseKeptBytes - 1);
    await using it = await receiver(answer(200, { body: Buffer.from(`${ascii}éb`) }));
    expect((await post(it.url)).answer).toMatchObject({ body: new Uint8Array(Buffer.from(ascii)), isTruncated: true });
  });

  it("a body that is not UTF-8 is kept as received", async () => {
    const body = Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80);
    await using it = await receiver(answer(500, { body }));
    expect((await post(it.url)).answer?.body).toEqual(body);
  });

  it("a compressed body is not decompressed, and no compression is requested", async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));
    await using it = await receiver(answer(200, { headers: ["Content-Encoding: gzip"], body: bomb }));
    expect((await post(it.url)).answer).toMatchObject({
      body: new Uint8Array(bomb.subarray(0, LIMITS.responseKeptBytes)),
      isTruncated: true,
    });
    expect(it.posts[0]?.head).not.toMatch(/^accept-encoding:/im);
  });

  it("an endless body is cut off after 16 KiB and its connection closed", async () => {
    const chunk = `1000\r\n${"x".repeat(0x1000)}\r\n`;
    const closed = Promise.withResolvers<void>();
    await using it = await receiver((socket) => {
      socket.on("close", () => closed.resolve());
      const pour = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", pour);
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      pour();
    });
    const { outcome, durationMs, answer: kept } = await post(it.url);
    expect({ outcome, bytes: kept?.body?.length, isTruncated: kept?.isTruncated }).toEqual({
      outcome: "success",
      bytes: LIMITS.responseKeptBytes,
      isTruncated: true,
    });
    expect(durationMs).toBeLessThan(9_000);
    await closed.promise;
  });
});
