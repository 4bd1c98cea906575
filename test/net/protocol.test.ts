import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../lambdas/delivery/model/attempt.ts";
import { answer, is2xx, post, webhookClientWith, webhookTo } from "./posting.ts";
import { receiver } from "./receiver.ts";

describe("invalid HTTP", () => {
  it.each([
    ["a header of 40 KB", `HTTP/1.1 200 OK\r\nX-Long: ${"y".repeat(40_000)}\r\n\r\n`],
    ["more than 16 KiB of small headers", `HTTP/1.1 200 OK\r\n${"a: bcdefgh\r\n".repeat(4_000)}\r\n`],
    ["lines that end with LF only", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
    ["the banner of an SSH server", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"],
    ["the greeting of a mail server", "220 mx.example.com ESMTP\r\n"],
    ["an answer of HTTP/0.9", "<html>hello</html>"],
    [
      "the frames of HTTP/2",
      Buffer.from("00001204000000000000030000006400040010000000060000400000000000040100000000", "hex"),
    ],
    [
      "Transfer-Encoding and Content-Length together",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    ],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"],
    ["a length that is not a number", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"],
    ["a control character in a header", "HTTP/1.1 200 OK\r\nX-A: b\u0001c\r\n\r\n"],
    ["a NUL in a header", "HTTP/1.1 200 OK\r\nX-A: b\0c\r\n\r\n"],
    ["a TLS alert", Buffer.from("15030100020246", "hex")],
  ])("an answer with %s is a failure with the parser's own code", async (_what, bytes) => {
    await using it = await receiver((socket) => socket.end(bytes));
    const attempt = await post(it.url);
    expect(attempt).toMatchObject({ outcome: "protocol_invalid", reason: expect.stringMatching(/^HPE_/) });
    expect(attempt.answer).toBeUndefined();
  });

  it("invalid HTTP in the body of a success is still a success", async () => {
    await using it = await receiver("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n");
    expect(await post(it.url)).toMatchObject({ outcome: "success", answer: { isTruncated: true } });
  });
});

// The closed list of outcomes, except those that a receiver's bytes cannot cause.
const POSSIBLE: readonly Outcome[] = [
  "success",
  "http_status",
  "timeout",
  "connection_lost",
  "protocol_invalid",
  "protocol_upgrade",
];

describe("random bytes as answers", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: "binary", maxLength: 32 }).map((text) => Buffer.from(text)),
    fc
      .constantFrom(
        "HTTP/1.1 ",
        "HTTP/1.0 200 OK",
        "200 OK",
        "101 Switching Protocols",
        "100 Continue",
        "204 No Content",
        "304 Not Modified",
        "\r\n",
        "\r\n\r\n",
        "\n",
        "\0",
        "Content-Length: 5",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: chunked",
        "Connection: close",
        "Connection: upgrade\r\nUpgrade: h2c",
        "Trailer: x",
        "5\r\nhello\r\n",
        "0\r\n\r\n",
        "ffffffffffffffff\r\n",
        "Retry-After: 5",
      )
      .map((text) => Buffer.from(text)),
    fc.integer({ min: 100, max: 999 }).map((status) => answer(status, { body: "hello" })),
  );
  const end = fc.constantFrom("end", "reset", "stay");

  it("random bytes give an outcome of the closed list, and the client works afterwards", async () => {
    let script: { pieces: readonly Buffer[]; end: string } = { pieces: [], end: "end" };
    await using it = await receiver((socket, { body }) => {
      const isHealthy = String(body) === "healthy";
      for (const bytes of isHealthy ? [answer(200)] : script.pieces) socket.write(bytes);
      if (isHealthy) return;
      if (script.end === "end") socket.end();
      if (script.end === "reset") socket.resetAndDestroy();
    });
    const webhookClient = webhookClientWith();
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), end, async (pieces, last) => {
        script = { pieces, end: last };
        const { outcome, answer: kept } = await webhookClient.post(webhookTo(it.url, { timeoutMs: 100 }), is2xx);
        expect(POSSIBLE).toContain(outcome);
        expect(kept !== undefined).toBe(outcome === "success" || outcome === "http_status");
        if (kept !== undefined) expect(is2xx(kept.status)).toBe(outcome === "success");
      }),
      { numRuns: 300 },
    );
    const healthy = () => webhookClient.post(webhookTo(it.url, { body: Buffer.from("healthy") }), is2xx);
    await healthy(); // the first POST may use a connection that is just closing, which counts as a failure
    expect(await healthy()).toMatchObject({
      outcome: "success",
      answer: { status: 200 },
    });
  });
});
