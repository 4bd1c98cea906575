import { once } from "node:events";
import { createServer, request } from "node:http";
import { hostname, networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AcceptedHosts, acceptedHosts, LOOPBACK_ONLY, refusesForeign } from "../../local/accepted-hosts.ts";
import { startGateway } from "../../local/emulator/gateway/gateway.ts";
import { readExport } from "../../local/export/read-export.ts";
import { serveExport } from "../../local/export/serve-export.ts";
import { createInboxes } from "../../local/inbox/inbox.ts";
import { type Listening, listen } from "../../local/listen.ts";
import { emptyExport } from "./empty-export.ts";

const OPEN = acceptedHosts("0.0.0.0", ["Rappel.internal"]);
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Sends a request as a browser would, under any name. */
async function ask(url: string, headers: Record<string, string>, method = "GET") {
  const sent = request(url, { method, headers });
  sent.end();
  const [response] = await once(sent, "response");
  return { status: response.statusCode, body: await text(response) };
}

describe("a request of a web page", () => {
  let loopback: Listening;
  let open: Listening;
  const serve = async (hosts: AcceptedHosts) => {
    const server = createServer(
      (incoming, response) => void (refusesForeign(incoming, response, hosts) || response.end()),
    );
    const listening = await listen(server);
    stops.push(listening.stop);
    return listening;
  };
  beforeAll(async () => {
    [loopback, open] = await Promise.all([serve(LOOPBACK_ONLY), serve(OPEN)]);
  });

  it.each([
    ["127.0.0.1:3000", 200, 200],
    ["localhost", 200, 200],
    ["LOCALHOST:3000", 200, 200],
    ["[::1]:3000", 200, 200],
    ["192.168.1.5:3000", 421, 200],
    ["[fe80::1]", 421, 200],
    ["rappel.internal:3000", 421, 200],
    [hostname(), 421, 200],
    ["evil.example", 421, 421],
    ["127.0.0.1.evil.example", 421, 421],
    ["localhost.evil.example", 421, 421],
    ["x@127.0.0.1", 421, 421],
    ["127.0.0.1/x", 421, 421],
  ])(
    "the Host %j gets %d from a server for this machine, and %d from one for a network",
    async (host, own, network) => {
      expect((await ask(loopback.url, { host })).status).toBe(own);
      expect((await ask(open.url, { host })).status).toBe(network);
    },
  );

  it("the Origin of the service is accepted, and every other one is refused", async () => {
    const host = new URL(loopback.url).host;
    expect((await ask(loopback.url, { origin: loopback.url }, "POST")).status).toBe(200);
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1", `http://evil.example@${host}.`, ""])
      expect([origin, (await ask(loopback.url, { origin }, "POST")).status]).toEqual([origin, 403]);
  });
});

describe("the addresses of a service", () => {
  it("a name given with --allow-host is accepted on loopback too, and an address of the network is not", () => {
    expect(acceptedHosts("127.0.0.1", ["Tunnel.example"])).toEqual({ anyAddress: false, names: ["tunnel.example"] });
    expect(acceptedHosts("::1", [])).toEqual(LOOPBACK_ONLY);
  });

  it("a --host that is no address, and a name with a scheme or a port, are refused", () => {
    for (const host of ["", "rappel.internal", "0.0.0.0:80", "localhost"])
      expect(() => acceptedHosts(host, [])).toThrow(`Cannot use --host ${host}: need an IP address of this machine`);
    for (const name of ["http://a", "a:80", "", "a b"])
      expect(() => acceptedHosts("0.0.0.0", [name])).toThrow(`Cannot use --allow-host ${name}: need a host name`);
  });

  it.each(["0.0.0.0", "127.0.0.2", "::", "::1"])(
    "a server on %s is reached on the loopback address it names",
    async (host) => {
      const server = createServer((_request, response) => response.end("here"));
      const { url, stop } = await listen(server, 0, host);
      expect(await (await fetch(url)).text()).toBe("here");
      await stop();
      await expect(fetch(url)).rejects.toThrow("fetch failed");
    },
  );

  it("a server on one address of the network is reached there and on loopback, and nowhere when it has stopped", async () => {
    const outward = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4")?.address;
    if (outward === undefined) return; // a machine without a network
    const { url, stop } = await listen(
      createServer((_request, response) => response.end("here")),
      0,
      outward,
    );
    const both = [url, url.replace("127.0.0.1", outward)];
    for (const at of both) expect(await (await fetch(at)).text()).toBe("here");
    await stop();
    for (const at of both) await expect(fetch(at)).rejects.toThrow("fetch failed");
  });
});

describe("what needs no key", () => {
  it("an inbox cannot be read or filled by a page of another site", async () => {
    const gateway = await startGateway(0);
    stops.push(gateway.close);
    gateway.open({ routes: [], pools: new Map(), before: createInboxes(async () => []) });
    const inbox = `${gateway.url}/inbox/demo`;
    expect((await ask(inbox, {}, "POST")).status).toBe(200);
    for (const accept of ["application/json", "text/html", "text/event-stream"])
      expect((await ask(inbox, { host: "evil.example", accept })).status).toBe(421);
    expect((await ask(inbox, { origin: "https://evil.example" }, "POST")).status).toBe(403);
    expect(JSON.parse((await ask(inbox, {})).body).data).toHaveLength(1);
  });

  it("an export cannot be read by a page of another site", async () => {
    const { url, stop } = await serveExport(await readExport(await emptyExport()), 0);
    stops.push(stop);
    expect((await ask(`${url}/v1/events`, {})).status).toBe(200);
    expect((await ask(`${url}/v1/events`, { host: "evil.example" })).status).toBe(421);
    expect((await ask(`${url}/v1/events`, { origin: "https://evil.example" })).status).toBe(403);
  });
});
