import { createSocket } from "node:dgram";
import { describe, expect, it } from "vitest";
import { Fault } from "../../lambdas/adapters/net/failure.ts";
import { addressGuard } from "../../lambdas/adapters/net/guard.ts";
import { dnsResolve } from "../../lambdas/adapters/net/resolver.ts";
import { answer, is2xx, post, webhookClientWith, webhookTo } from "./posting.ts";
import { receiver } from "./receiver.ts";

const NXDOMAIN = 3;
const SERVFAIL = 2;
const A = 1;

/** A DNS server on 127.0.0.1 that gives the same answer to every query: addresses for type A, or an error code. */
async function nameServer(reply: readonly string[] | number | undefined) {
  const socket = createSocket("udp4");
  const asked: number[] = [];
  socket.on("message", (query, { port }) => {
    const questionEnd = query.indexOf(0, 12) + 5; // the name's last label, type, class
    const type = query.readUInt16BE(questionEnd - 4);
    asked.push(type);
    if (reply === undefined) return;
    const addresses = typeof reply === "number" || type !== A ? [] : reply;
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | (typeof reply === "number" ? reply : 0), 2);
    head.writeUInt32BE((1 << 16) | addresses.length, 4);
    head.writeUInt32BE(0, 8);
    const answers = addresses.map((address) =>
      Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)]),
    );
    socket.send(Buffer.concat([head, query.subarray(12, questionEnd), ...answers]), port, "127.0.0.1");
  });
  await new Promise<void>((bound) => socket.bind(0, "127.0.0.1", bound));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => socket.close(closed)),
  };
}

describe("names", () => {
  it.each([
    ["does not exist", NXDOMAIN, "dns_not_found"],
    ["has no address", [], "dns_not_found"],
    ["gets SERVFAIL", SERVFAIL, "dns_failed"],
  ])("a name that %s has its own outcome", async (_what, reply, outcome) => {
    await using dns = await nameServer(reply);
    expect(await post("http://receiver.test/", {}, { resolve: dnsResolve([dns.address]) })).toMatchObject({ outcome });
  });

  it("a silent DNS server fails on its own timeout or at the deadline, whichever is first", async () => {
    await using dns = await nameServer(undefined);
    const resolve = dnsResolve([dns.address]);
    const [far, near] = await Promise.all([
      post("http://receiver.test/", { timeoutMs: 25_000 }, { resolve }),
      post("http://receiver.test/", { timeoutMs: 300 }, { resolve }),
    ]);
    expect(far.outcome).toBe("dns_failed");
    expect(near.outcome).toBe("timeout");
  });

  it("a name that is too long for DNS does not exist", async () => {
    await using dns = await nameServer(SERVFAIL);
    await expect(dnsResolve([dns.address])(`${"x".repeat(64)}.test`)).rejects.toMatchObject({
      outcome: "dns_not_found",
    });
  });

  it("a name is resolved through its DNS server, with queries for both address types", async () => {
    await using it = await receiver(answer(200));
    await using dns = await nameServer(["127.0.0.1"]);
    expect(await post(it.url, {}, { resolve: dnsResolve([dns.address]) })).toMatchObject({ outcome: "success" });
    expect(dns.asked.toSorted((a, b) => a - b)).toEqual([A, 28]);
  });

  it("a name without addresses is a failure even if the resolver does not report an error", async () => {
    expect(await post("http://receiver.test/", {}, { resolve: async () => [] })).toMatchObject({
      outcome: "dns_not_found",
    });
  });
});

describe("names with private addresses", () => {
  it.each([
    [["10.0.0.1"]],
    [["169.254.169.254"]],
    [["fd00:ec2::254"]],
    [["8.8.8.8", "10.0.0.1"]],
    [["2606:4700::1111", "::ffff:127.0.0.1"]],
    [["127.0.0.1", "192.168.0.1"]],
  ])("a name with the addresses %j gets no POST", async (addresses) => {
    await using it = await receiver(answer(200));
    expect(await post(it.url, {}, { resolve: async () => addresses })).toMatchObject({ outcome: "address_forbidden" });
    expect(it.sockets).toEqual([]);
  });

  it("a name of this machine gets no POST unless loopback is allowed", async () => {
    await using it = await receiver(answer(200));
    expect(await post(it.url, {}, { isLoopbackAllowed: false })).toMatchObject({ outcome: "address_forbidden" });
    expect(await post(it.url.replace("receiver.test", "127.0.0.1"), {}, { isLoopbackAllowed: false })).toMatchObject({
      outcome: "address_forbidden",
    });
    expect(await post(it.url.replace("receiver.test", "localhost"), {}, { isLoopbackAllowed: false })).toMatchObject({
      outcome: "address_forbidden",
    });
    expect(it.sockets).toEqual([]);
  });

  it("a name is resolved and checked again for each connection", async () => {
    await using it = await receiver(answer(200, { headers: ["Connection: close"] }));
    const answers = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]];
    let asked = 0;
    const webhookClient = webhookClientWith({ resolve: async () => answers[asked++] ?? [] });
    const outcomes: string[] = [];
    for (let nth = 0; nth < 3; nth++) outcomes.push((await webhookClient.post(webhookTo(it.url), is2xx)).outcome);
    expect(outcomes).toEqual(["success", "address_forbidden", "success"]);
    expect(asked).toBe(3);
    expect(it.sockets).toHaveLength(2);
  });

  it("a name that changes between registration and POST is refused at the POST", async () => {
    let isRebound = false;
    const guard = addressGuard({ isLoopbackAllowed: false, isHttpsOnly: false }, async () => [
      isRebound ? "127.0.0.1" : "8.8.8.8",
    ]);
    expect(await guard.refusal("http://receiver.test/")).toBeUndefined();
    isRebound = true;
    await expect(guard.vettedAddresses("receiver.test")).rejects.toEqual(
      new Fault("address_forbidden", "its host name resolves to an address that is not public"),
    );
  });

  it("a dot at the end of a name does not bypass the check", async () => {
    const names: string[] = [];
    const resolve = async (name: string) => {
      names.push(name);
      return ["10.0.0.1"];
    };
    expect(await post("http://receiver.test./", {}, { resolve })).toMatchObject({ outcome: "address_forbidden" });
    expect(names).toEqual(["receiver.test"]);
  });
});
