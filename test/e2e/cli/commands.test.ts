import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Rappel, verify } from "../../../client/index.ts";
import { newSecret } from "../../../client/testing/index.ts";
import { objectsIn, shell } from "../../cli/shell.ts";
import { eventually, openFixture, SHORT } from "../support/fixture.ts";
import { type OtherService, outpostShaped, svixShaped } from "./other-services.ts";

const { callerOf, operator, receive, url } = openFixture();
const Key = z.object({ id: z.string(), secret: z.string() });
const SCOPES = ["send", "read", "manage"];

/** A command line with a key of an account. */
async function shellOf(account: string) {
  await callerOf(account);
  const by = await operator();
  const { json } = await by.call("POST", `/v1/accounts/${account}/keys`, { name: "cli", scopes: SCOPES });
  const { id, secret } = Key.parse(json);
  return shell({ RAPPEL_URL: url(), RAPPEL_KEY: `${id}:${secret}` });
}
async function operatorKey(): Promise<string> {
  const { authorization } = await operator();
  return Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
}
const Row = z.object({ account: z.string(), url: z.string(), result: z.string(), notes: z.array(z.string()) });

describe("the command line, with the service", { timeout: 900_000 }, () => {
  it("adds an endpoint, tests it, sends an event, shows its attempts as they are made, and what became of it", async () => {
    const [{ rappel }, receiver] = [await shellOf("cli-send"), await receive()];
    const added = await rappel(["--json", "endpoints", "add", receiver.url, "--types", "order.*"]);
    const { id: endpoint, secret } = Key.parse(objectsIn(added.out)[0]);
    expect((await rappel(["endpoints", "test", endpoint])).out).toMatch(/^success 200 in \d+ ms\n$/);
    const stop = new AbortController();
    const tail = rappel(["tail", "--endpoint", endpoint, "--since", "1m", "--every", "1"], { stopped: stop.signal });
    const sent = await rappel(["send", "order.paid", '{"id":19421777396190491}', "--event-id", "mine"]);
    const event = sent.out.trim();
    await eventually(async () =>
      expect(receiver.received.map(({ body }) => String(body))).toContainEqual(
        expect.stringContaining('{"id":19421777396190491}'),
      ),
    );
    const webhook = receiver.received.at(-1);
    expect(verify(String(webhook?.body), webhook?.headers as Record<string, string>, secret).id).toBe(event);
    await eventually(async () =>
      expect((await rappel(["events", "show", event])).out).toContain(`${endpoint}  delivered`),
    );
    expect((await rappel(["events", "show", event, "--payload"])).out).toBe('{"id":19421777396190491}');
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // one more look of tail
    stop.abort();
    const { out } = await tail;
    expect(out).toMatch(new RegExp(`200 \\d+ ms  order.paid  ${event}  .*attempt 1\n$`));
    expect((await rappel(["events", "list", "--type", "order.*"])).out).toContain(`${event}\torder.paid`);
    expect((await rappel(["status"])).out).toContain("No endpoint is failing or suspended");
  });

  it("recovers what was missed, with progress and the figures of the estimate", async () => {
    let status = 503;
    const [{ rappel }, receiver] = [await shellOf("cli-recover"), await receive(() => ({ status }))];
    const caller = await callerOf("cli-recover");
    const created = await caller.call("POST", "/v1/endpoints", {
      url: receiver.url,
      eventTypes: ["*"],
      retrySchedule: SHORT,
    });
    const { id } = z.object({ id: z.string() }).parse(created.json);
    const lines = Array.from({ length: 20 }, (_, n) => String(n)).join("\n");
    expect((await rappel(["send", "t", "--lines"], { input: lines })).out.trim().split("\n")).toHaveLength(20);
    await eventually(async () =>
      expect((await rappel(["endpoints", "list", "--status", "suspended"])).out).toContain(id),
    );
    status = 200;
    await rappel(["endpoints", "resume", id, "--skip"]);
    await eventually(async () =>
      expect((await rappel(["recover", id, "--dry-run"])).out).toBe("20 deliveries to send again\n"),
    );
    expect((await rappel(["recover", id, "--no-wait"])).err).toContain("20 deliveries to send again");
    await eventually(async () =>
      expect(
        new Set(receiver.received.filter((each) => each.at > 0).map(({ body }) => String(body))).size,
      ).toBeGreaterThan(19),
    );
  });

  it("listen forwards events to this machine, signed, also those that are sent again, and leaves nothing behind", async () => {
    const [{ rappel }, local] = [await shellOf("cli-listen"), await receive()];
    const stop = new AbortController();
    const listening = rappel(["listen", "--forward", `${local.url}/dev`, "--types", "order.*"], {
      stopped: stop.signal,
    });
    await eventually(async () => expect((await rappel(["endpoints"])).out).toContain("/listen/"));
    const { out } = await rappel(["send", "order.paid", '{"price":1.10}']);
    const event = out.trim();
    await eventually(async () => expect(local.received.filter(({ path }) => path.startsWith("/"))).toHaveLength(1));
    // It is logged before it can be sent again.
    await eventually(async () => expect((await rappel(["events", "resend", event])).code).toBe(0));
    await eventually(async () => expect(local.received.length).toBeGreaterThanOrEqual(2));
    stop.abort();
    const { err, out: lines } = await listening;
    const secret = /whsec_\S+/.exec(err)?.[0] ?? "";
    for (const { body, headers } of local.received) {
      expect(String(body)).toContain('{"price":1.10}');
      expect(verify(String(body), headers as Record<string, string>, secret).id).toBe(event);
    }
    expect(lines).toMatch(new RegExp(`200 in \\d+ ms  order.paid  ${event}`));
    expect((await rappel(["endpoints"])).out).not.toContain("/listen/");
  });

  it("creates, lists and deletes keys, and exports to a file", async () => {
    const { rappel, folder } = await shellOf("cli-keys");
    const { out } = await rappel(["keys", "create", "--name", "producer", "--scopes", "send"]);
    const [id = ""] = out.split(":");
    expect((await rappel(["keys"])).out).toContain(`${id}\tproducer\tsend`);
    expect((await rappel(["keys", "delete", id])).code).toBe(0);
    const file = join(folder, "export.json");
    expect((await rappel(["export", "--out", file])).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("cli-keys");
    expect((await rappel(["export", "--out", file])).code).toBe(2); // never over a file
  });
});

describe("import", { timeout: 900_000 }, () => {
  const imports = async (service: OtherService, from: string, ...more: string[]) => {
    const { rappel } = shell({
      RAPPEL_URL: url(),
      RAPPEL_KEY: await operatorKey(),
      RAPPEL_SOURCE_TOKEN: service.token,
    });
    const { code, out, err } = await rappel(["--json", "import", "--from", from, "--source-url", service.url, ...more]);
    return { code, err, rows: objectsIn(out).map((row) => Row.parse(row)) };
  };
  const results = ({ rows }: { rows: readonly z.output<typeof Row>[] }) => rows.map(({ result }) => result);

  it.each([
    ["svix", svixShaped],
    ["outpost", outpostShaped],
  ] as const)(
    "%s: its receivers notice nothing, a dry run changes nothing, and a repeat finds everything there",
    async (from, serve) => {
      const [receiver, secret] = [await receive(), newSecret()];
      const service = await serve({ url: receiver.url, secret, account: `from-${from}` });
      try {
        expect(results(await imports(service, from, "--dry-run"))).toEqual(["would be created", "would be created"]);
        const caller = await callerOf(`from-${from}`);
        expect((await caller.call("GET", "/v1/endpoints")).json).toMatchObject({ data: [] });
        const { code, rows } = await imports(service, from);
        expect([code, rows.map(({ result }) => result)]).toEqual([0, ["created", "created"]]);
        expect(rows[1]?.notes.join(" ")).toMatch(/its secret has another form/);
        expect(results(await imports(service, from))).toEqual(["was there", "was there"]);
        const client = new Rappel({ url: url(), key: await operatorKey(), account: `from-${from}` });
        const { id } = await client.send({ type: "order.paid", json: '{"price":1.10}' });
        await eventually(async () => expect(receiver.received.length).toBeGreaterThan(0));
        const [webhook] = receiver.received;
        expect(String(webhook?.body)).toBe('{"price":1.10}');
        expect(webhook?.headers).toMatchObject({ "x-own": "kept" });
        expect(verify(String(webhook?.body), webhook?.headers as Record<string, string>, secret).id).toBe(id);
        const paused = await client.endpoints.list({ status: "paused" }).page();
        expect(paused.data).toHaveLength(1);
      } finally {
        await service.stop();
      }
    },
  );

  it("a customer whose name no account can have is a row of the report, and the others follow", async () => {
    const [receiver, secret] = [await receive(), newSecret()];
    const service = await outpostShaped({ url: receiver.url, secret, account: "outpost-named" }, ["acme.com"]);
    try {
      const { code, rows } = await imports(service, "outpost");
      expect([code, rows.map(({ account, result }) => [account, result])]).toEqual([
        1,
        [
          ["acme.com", "failed"],
          ["outpost-named", "created"],
          ["outpost-named", "created"],
        ],
      ]);
    } finally {
      await service.stop();
    }
  });

  it("a wrong token is explained, and is not shown", async () => {
    const service = await svixShaped({ url: "http://127.0.0.1:1", secret: newSecret(), account: "x" });
    try {
      const { code, err } = await imports({ ...service, token: "wrong-token" }, "svix");
      expect([code, err]).toEqual([2, expect.stringContaining("answered 401: check --source-token")]);
      expect(err).not.toContain("wrong-token");
    } finally {
      await service.stop();
    }
  });
});
