import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fault } from "../../lambdas/adapters/net/failure.ts";
import { addressGuard } from "../../lambdas/adapters/net/guard.ts";
import { spellings } from "./spellings.ts";

const PUBLIC = async () => ["8.8.8.8"];
const strict = addressGuard({ isLoopbackAllowed: false, isHttpsOnly: false }, PUBLIC);
const local = addressGuard({ isLoopbackAllowed: true, isHttpsOnly: false }, PUBLIC);

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

/** Expects that registration refuses the URL or that it is not a valid URL. */
async function isStopped(url: string, guard = strict): Promise<boolean> {
  return !URL.canParse(url) || (await guard.refusal(url)) !== undefined;
}

describe("private addresses", () => {
  it.each(
    words(`
    169.254.169.254 169.254.170.2 127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.31.255.255 192.168.1.1
    100.100.100.200 192.0.0.192 224.0.0.1 255.255.255.255
  `),
  )("a private address is refused in every spelling: %s", async (address) => {
    for (const host of spellings(address))
      expect({ host, isStopped: await isStopped(`http://${host}/latest/meta-data/`) }).toEqual({
        host,
        isStopped: true,
      });
  });

  it.each(
    words(String.raw`
    [fd00:ec2::254] [FD00:EC2::254] [fd00:0ec2:0:0:0:0:0:254] [fd20:ce::254] [::] [::1] [0:0:0:0:0:0:0:0]
    [0000::0001] [fe80::1] [fe80::a9fe:a9fe] [fe80::1%25eth0] [fe80::1%eth0] [fec0::1] [ff02::1] [2001::1]
    [2001:db8::1] [100::1] [5f00::1] [4000::1] 0 0x0 127.1 127.0.1 0177.1 0x7f.1 017700000001 2130706433
    1.1.1.1@169.254.169.254 169.254.169.254:80 169.254.169.254#@example.com 169.254.169.254?@example.com
    169.254.169.254\@example.com
  `),
  )("a private address is refused as %s", async (host) => {
    expect(await isStopped(`http://${host}/`)).toBe(true);
    expect(await isStopped(`https://${host}/`)).toBe(true);
  });
});

describe("private names", () => {
  it.each(
    words(`
    localhost LOCALHOST localhost. localhost.. LocalHost%2e ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ a.localhost localhost.localdomain
    metadata metadata.google.internal METADATA.GOOGLE.INTERNAL. metadata%2egoogle%2einternal
    metadata.google.internal.. metadata。google。internal instance-data instance-data.ec2.internal
    ip-10-0-0-1.eu-west-1.compute.internal printer.local nas.lan router.home.arpa home.arpa wiki.intranet a.onion
    a.alt a..b.example .example.com
  `),
  )("a private name is refused without a DNS query: %s", async (name) => {
    const guard = addressGuard({ isLoopbackAllowed: false, isHttpsOnly: false }, () =>
      Promise.reject(new Error("Looked up")),
    );
    expect(!URL.canParse(`http://${name}/`) || guard.refusalOfUrl(new URL(`http://${name}/`))).toBeTruthy();
  });

  it("a name is refused if one of its addresses is private", async () => {
    for (const addresses of [
      ["10.0.0.1"],
      ["8.8.8.8", "10.0.0.1"],
      ["::1"],
      ["8.8.8.8", "::ffff:8.8.8.8"],
      ["2606:4700::1111", "fe80::1%eth0"],
      ["not an address"],
    ]) {
      const guard = addressGuard({ isLoopbackAllowed: false, isHttpsOnly: false }, async () => addresses);
      expect(await guard.refusal("https://rebind.example.com/")).toBe(
        "its host name resolves to an address that is not public",
      );
    }
  });
});

describe("URLs", () => {
  it.each([
    ["ftp://example.com/", "its scheme is neither http nor https"],
    ["file:///etc/passwd", "its scheme is neither http nor https"],
    ["javascript:alert(1)", "its scheme is neither http nor https"],
    ["http://user:secret@example.com/", "it carries userinfo"],
    ["http://example.com@169.254.169.254/", "it carries userinfo"],
    ["http://user@example.com/", "it carries userinfo"],
    ["http://:secret@example.com/", "it carries userinfo"],
  ])("a URL is refused with the reason: %s", async (url, why) => {
    expect(await strict.refusal(url)).toBe(why);
  });

  it.each([0, 1, 22, 25, 79, 81, 442, 444, 465, 587, 1_023])("port %i is refused", async (port) => {
    expect(await strict.refusal(`http://example.com:${port}/`)).toBe("its port is not 80, 443, or 1024 or higher");
    expect(await local.refusal(`http://127.0.0.1:${port}/`)).toBe("its port is not 80, 443, or 1024 or higher");
  });

  it.each([80, 443, 1_024, 8_080, 9_001, 65_535])(
    "port %i is accepted with both schemes, but not on this machine",
    async (port) => {
      expect(await strict.refusal(`http://example.com:${port}/`)).toBeUndefined();
      expect(await strict.refusal(`https://example.com:${port}/`)).toBeUndefined();
      expect(await strict.refusal(`http://127.0.0.1:${port}/2018-06-01/runtime/invocation/next`)).toBe(
        "its address is not public",
      );
      expect(await strict.refusal(`http://localhost:${port}/`)).toBe("its host name is not public");
    },
  );

  it("http is refused if the deployment requires https", async () => {
    const guard = addressGuard({ isLoopbackAllowed: true, isHttpsOnly: true }, PUBLIC);
    expect(await guard.refusal("http://example.com/")).toBe("this deployment allows https only");
    expect(await guard.refusal("http://127.0.0.1/")).toBe("this deployment allows https only");
    expect(await guard.refusal("https://example.com/")).toBeUndefined();
  });

  it.each([
    "https://example.com/hook?a=b",
    "http://EXAMPLE.com./",
    "http://8.8.8.8/",
    "https://[2606:4700::1111]:8443/",
    "https://bücher.example/",
    "https://localhost.example.com/",
    "https://internal.example/",
    "https://example.com/.local",
  ])("a public URL is accepted: %s", async (url) => {
    expect(await strict.refusal(url)).toBeUndefined();
  });

  it("a name that cannot be resolved now is accepted, because it is checked again at every POST", async () => {
    for (const outcome of ["dns_not_found", "dns_failed"] as const) {
      const guard = addressGuard({ isLoopbackAllowed: false, isHttpsOnly: false }, () =>
        Promise.reject(new Fault(outcome, "no answer")),
      );
      expect(await guard.refusal("https://example.com/")).toBeUndefined();
      await expect(guard.vettedAddresses("example.com")).rejects.toMatchObject({ outcome });
    }
  });
});

describe("URLs if loopback is allowed", () => {
  it.each([
    "http://127.0.0.1:9001/",
    "http://127.9.9.9:8080/",
    "http://[::1]:8080/",
    "http://localhost:8080/",
    "http://LOCALHOST.:8080/",
    "http://2130706433:8080/",
  ])("this machine is accepted if loopback is allowed: %s", async (url) => {
    expect(await local.refusal(url)).toBeUndefined();
  });

  it("other private addresses are refused even if loopback is allowed", async () => {
    const other = fc.constantFrom(
      "10.0.0.1",
      "172.16.0.1",
      "192.168.0.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
      "240.0.0.1",
      "[fd00:ec2::254]",
      "[fe80::1]",
      "[::]",
      "[::ffff:127.0.0.1]",
      "[::127.0.0.1]",
      "[64:ff9b::7f00:1]",
    );
    await fc.assert(fc.asyncProperty(other, async (host) => isStopped(`http://${host}:8080/`, local)));
    const guard = addressGuard({ isLoopbackAllowed: true, isHttpsOnly: false }, async () => ["127.0.0.1", "10.0.0.1"]);
    expect(await guard.refusal("http://example.com/")).toBe("its host name resolves to an address that is not public");
  });

  it("localhost is this machine, without a DNS query", async () => {
    const guard = addressGuard({ isLoopbackAllowed: true, isHttpsOnly: false }, () =>
      Promise.reject(new Error("Looked up")),
    );
    expect(await guard.vettedAddresses("localhost")).toEqual(["127.0.0.1", "::1"]);
  });

  it("names that resolve to loopback are accepted if loopback is allowed", async () => {
    const guard = addressGuard({ isLoopbackAllowed: true, isHttpsOnly: false }, async () => ["127.0.0.1", "::1"]);
    expect(await guard.vettedAddresses("receiver.test")).toEqual(["127.0.0.1", "::1"]);
  });
});
