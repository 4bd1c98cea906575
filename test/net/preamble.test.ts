import { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { certificate } from "./certificates.ts";
import { answer, post, until } from "./posting.ts";
import { receiver } from "./receiver.ts";

/** Sends the same bytes forever, as fast as they are taken. */
function endlessly(bytes: string): (socket: Socket) => void {
  return (socket) => {
    const send = () => {
      while (!socket.destroyed && socket.write(bytes));
    };
    socket.on("drain", send);
    send();
  };
}

const processing = "HTTP/1.1 102 Processing\r\n\r\n";

describe("a receiver that never comes to its final status", () => {
  it.each([
    ["1xx responses without end", processing, "more than 10 1xx responses before the final status"],
    ["1xx responses with headers without end", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "1xx responses"],
    ["empty lines without end", "\r\n".repeat(100), "more than 32768 bytes before the final status"],
  ])("fails at a bound, long before the timeout: %s", async (_, bytes, reason) => {
    await using it = await receiver(endlessly(bytes));
    const attempt = await post(it.url, { timeoutMs: 300_000 });
    expect(attempt).toMatchObject({ outcome: "protocol_invalid", reason: expect.stringContaining(reason) });
    await until(() => it.sockets.every(({ destroyed }) => destroyed));
  });

  it("is given up before its 1xx responses are parsed: a chunk holds thousands of them", async () => {
    let parsed = 0;
    const { emit } = ClientRequest.prototype;
    ClientRequest.prototype.emit = function (this: ClientRequest, ...args: Parameters<typeof emit>) {
      if (args[0] === "information") parsed += 1;
      return emit.apply(this, args);
    };
    try {
      for (const head of ["", "HTTP/1.1 100 Continue\r\n"]) {
        const socketWrites = (socket: Socket) => {
          socket.write(head);
          setImmediate(() => socket.write(`${head === "" ? "" : "\r\n"}${processing.repeat(5_000)}`));
        };
        await using it = await receiver(socketWrites);
        expect(await post(it.url)).toMatchObject({ outcome: "protocol_invalid" });
      }
    } finally {
      ClientRequest.prototype.emit = emit;
    }
    expect(parsed).toBeLessThanOrEqual(2 * LIMITS.informationalResponses);
  });

  it("may send a body that looks like 1xx responses", async () => {
    await using it = await receiver(answer(200, { body: processing.repeat(100) }));
    expect(await post(it.url)).toMatchObject({ outcome: "success", answer: { status: 200 } });
  });

  it("may send as many 1xx responses as the limit says", async () => {
    const allowed = processing.repeat(LIMITS.informationalResponses);
    await using atLimit = await receiver(Buffer.concat([Buffer.from(allowed), answer(200)]));
    expect(await post(atLimit.url)).toMatchObject({ outcome: "success" });
    await using overLimit = await receiver(Buffer.concat([Buffer.from(allowed + processing), answer(200)]));
    expect(await post(overLimit.url)).toMatchObject({ outcome: "protocol_invalid" });
  });

  it("may send a body of any size after its final status", async () => {
    const body = "x".repeat(LIMITS.responsePreambleBytes * 2);
    await using it = await receiver(answer(200, { body }));
    expect(await post(it.url)).toMatchObject({ outcome: "success" });
  });
});

describe("a receiver whose body does not end", () => {
  it("is not read chunk by chunk if its chunks have one byte each", async () => {
    let pieces = 0;
    const { push } = IncomingMessage.prototype;
    IncomingMessage.prototype.push = function (this: IncomingMessage, ...args: Parameters<typeof push>) {
      pieces += 1;
      return push.apply(this, args);
    };
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    try {
      await using it = await receiver((socket) => {
        socket.write(head);
        endlessly("1\r\na\r\n".repeat(5_000))(socket);
      });
      const { outcome, answer: kept } = await post(it.url);
      expect([outcome, kept?.isTruncated]).toEqual(["success", true]);
      expect(Buffer.from(kept?.body ?? []).toString()).toMatch(/^a{100,}$/);
      await until(() => it.sockets.every(({ destroyed }) => destroyed));
    } finally {
      IncomingMessage.prototype.push = push;
    }
    expect(pieces).toBeLessThanOrEqual(LIMITS.responseBodyLines);
  });

  it("a body of many lines keeps its first KiB", async () => {
    const body = Array.from({ length: 3_000 }, (_, n) => `${n}`).join("\r\n");
    await using it = await receiver(answer(500, { body }));
    const { answer: kept } = await post(it.url);
    expect(Buffer.from(kept?.body ?? []).toString()).toBe(body.slice(0, LIMITS.responseKeptBytes));
  });

  it.each([200, 500])("keeps its status %i, and its connection is closed after a second", async (status) => {
    await using it = await receiver((socket) => {
      socket.write(`HTTP/1.1 ${status} Words\r\nContent-Length: 1000\r\n\r\n`);
      const trickle = setInterval(() => socket.write("x"), 100);
      socket.on("close", () => clearInterval(trickle));
    });
    const { outcome, answer: kept } = await post(it.url, { timeoutMs: 300_000 });
    expect(outcome).toBe(status === 200 ? "success" : "http_status");
    expect(kept).toMatchObject({ status, isTruncated: true });
    await until(() => it.sockets.every(({ destroyed }) => destroyed));
  });
});

describe("a URL whose host name ends with a dot", () => {
  it("is sent with a Host header without it", async () => {
    await using it = await receiver(answer(200));
    expect(await post(it.url.replace("receiver.test", "receiver.test."))).toMatchObject({ outcome: "success" });
    expect(it.posts[0]?.head).toMatch(/^host: receiver\.test:\d+$/im);
  });

  it("is sent with an SNI without it", async () => {
    const names: string[] = [];
    const authority = await certificate({ name: "Test authority", isAuthority: true });
    const good = await certificate({ by: authority });
    await using it = await receiver(answer(200), {
      ...good,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    const url = it.url.replace("receiver.test", "receiver.test.");
    expect(await post(url, {}, { ca: authority.cert })).toMatchObject({ outcome: "success" });
    expect(names).toEqual(["receiver.test"]);
  });
});
