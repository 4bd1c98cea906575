import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { dynamoStates } from "../../../lambdas/adapters/dynamodb/states.ts";
import { ROUTES } from "../../../lambdas/http/routes.ts";
import { deliveriesOf, endpointOf, eventually, register, SHORT, send } from "../support/fixture.ts";
import { type Caller, type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { rejectedEvent } from "../support/rejected-event.ts";
import { showWarnings } from "../support/warnings.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-offline-test-"));
const file = join(folder, "events.json");
const bin = (name: string) => fileURLToPath(new URL(`../../../bin/${name}.ts`, import.meta.url));

let rappel: Rappel;
let caller: Caller;
const receivers: Receiver[] = [];
let offline: { url: string; stop: () => void };
const { reply, exhaust } = rejectedEvent(({ body }) => body.includes("refuse-me"));
const ids = { delivered: "", pending: "", exhausted: "", endpoints: [""] };
const stat = () => ({ bytes: readFileSync(file), mtimeMs: statSync(file).mtimeMs });
let asExported: ReturnType<typeof stat>;

/** Runs a command until it ends or its output matches. */
async function run(name: string, args: readonly string[], until = /$^/): Promise<{ output: string; stop: () => void }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", bin(name), ...args], {
    // Without credentials, so that it cannot reach AWS.
    env: { PATH: process.env["PATH"], NO_COLOR: "1", AWS_EC2_METADATA_DISABLED: "true" },
  });
  let output = "";
  await new Promise<void>((resolve) => {
    const append = (bytes: Buffer) => {
      output += bytes.toString();
      if (until.test(output)) resolve();
    };
    child.stdout.on("data", append);
    child.stderr.on("data", append);
    child.once("close", () => resolve());
  });
  return { output, stop: () => void child.kill() };
}

beforeAll(async () => {
  rappel = await startRappel();
  caller = await rappel.callerOf("kept");
  const stranger = await rappel.callerOf("stranger");
  receivers.push(
    await startReceiver((request) => ({ ...reply(request), body: "answered" })),
    await startReceiver(() => ({ status: 503, body: Buffer.from([0x6e, 0xff, 0x6f]) })),
  );
  const [healthy, failing] = receivers.map(({ url }) => url.replace("://", "://user:s3cret-word@"));
  ids.endpoints = [
    await register(caller, healthy ?? "", {
      eventTypes: ["*"],
      headers: { "x-token": "t0ken-word" },
      retrySchedule: SHORT,
      timeoutMs: 30_000,
    }),
    await register(caller, failing ?? "", { eventTypes: ["late"], retrySchedule: [{ times: 5, everySeconds: 3_600 }] }),
  ];
  for (const IsBackup of [false, true]) {
    const callback = { EventType: "open", Url: IsBackup ? receivers[0]?.url : failing, IsBackup };
    expect((await caller.call("POST", "/v3/REST/eventcallbackurl", callback)).status).toBe(201);
  }
  const Id = z.object({ id: z.string() });
  const sendGood = async () => {
    const body = '{"type":"t","data":{"n":19421777396190491,"f":1.10,"é":"\u{1f600}"}}';
    ids.delivered = Id.parse((await caller.call("POST", "/v1/events", body)).json).id;
    return ids.delivered;
  };
  ids.exhausted = await exhaust(caller, ids.endpoints[0] ?? "", {
    sendRejected: () => send(caller, "refuse-me"),
    sendOthers: async () => [await sendGood(), await sendGood()],
  });
  ids.pending = Id.parse(
    (await caller.call("POST", "/v1/events", { type: "late", data: null, eventId: "mine" })).json,
  ).id;
  await send(stranger, "another account's");
  await eventually(async () => {
    const statuses = (await deliveriesOf(caller, ids.pending)).map(({ status, attempts }) => [status, attempts.length]);
    expect(statuses.toSorted()).toEqual([
      ["delivered", 1],
      ["pending", 1],
    ]);
  });
  // The last event to come is the operational webhook for the exhausted delivery.
  const exhausted = "/v1/events?type=rappel.delivery.exhausted";
  await eventually(async () => expect((await caller.call("GET", exhausted)).json).toMatchObject({ data: [{}] }));

  const { engines, table } = rappel.service;
  // No round is open and nothing changes any more.
  await eventually(async () => {
    expect((await endpointOf(caller, ids.endpoints[1] ?? "")).consecutiveFailures).toBe(1);
    for (const { roundId } of (await dynamoStates(table).read(ids.endpoints)).values()) expect(roundId).toBe(undefined);
  });
  writeFileSync(join(folder, "run.json"), JSON.stringify({ tableName: table.name, engines }));
  const { output } = await run("export", ["--account", "kept", "--out", file, "--data-dir", folder]);
  expect(output).toContain(`${file}: 4 endpoints and 13 events of the account kept`);
  asExported = stat();
  const started = await run("start", ["--read", file, "--port", "0"], /Ctrl-C stops it\./);
  offline = { url: /^API +(\S+)/m.exec(started.output)?.[1] ?? "", stop: started.stop };
  expect(started.output).toContain("Account    kept, 13 events");
}, 300_000);
afterAll(async () => {
  offline?.stop();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await rappel?.stop();
  rmSync(folder, { recursive: true, force: true });
});
showWarnings(() => rappel?.logs);

/** The error in the path's format: Mailjet's interface has its own. */
const READ_ONLY = (path: string): unknown =>
  expect.objectContaining(path.startsWith("/v3/") ? { StatusCode: 403 } : { status: 403, code: "READ_ONLY" });

const readOffline = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(offline.url + path, init);
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
};

describe("an exported account that is read offline", { timeout: 900_000 }, () => {
  it("the offline API answers each read like the live service", async () => {
    const [healthy = "", failing = ""] = ids.endpoints;
    const paths = [
      "/v1/endpoints",
      `/v1/endpoints/${healthy}`,
      `/v1/endpoints/${failing}`,
      `/v1/endpoints/${healthy}/deliveries`,
      `/v1/endpoints/${healthy}/deliveries?status=exhausted`,
      `/v1/endpoints/${failing}/deliveries?status=pending`,
      "/v1/events",
      "/v1/events?limit=3",
      "/v1/events?type=late",
      "/v1/events?eventId=mine",
      "/v1/events?after=2999-01-01T00:00:00Z",
      ...[ids.delivered, ids.pending, ids.exhausted].flatMap((id) => [`/v1/events/${id}`, `/v1/events/${id}/payload`]),
      "/v1/accounts/kept",
      "/v1/accounts/stranger",
      "/v1/event-types?source=mailjet",
      "/v3/REST/eventcallbackurl",
      "/v3/REST/eventcallbackurl?Backup=true",
      "/v3/REST/eventcallbackurl?Limit=1&Sort=ID+DESC",
      "/v3/REST/eventcallbackurl/1",
      "/v3/REST/eventcallbackurl/open%7Ctrue",
      "/v3/REST/eventcallbackurl/click%7Cfalse",
      "/v1/events?limit=0",
      "/v1/endpoints/ep_nobody",
      "/v1/openapi.json",
      "/v1/nothing",
      "/health",
      "/",
    ];
    for (const path of paths) {
      const live = await caller.call("GET", path);
      const read = await readOffline(path);
      expect([path, read.status, read.type, withoutClock(read.text)]).toEqual([
        path,
        live.status,
        live.headers.get("content-type"),
        withoutClock(live.text),
      ]);
    }
    expect((await readOffline(`/v1/events/${ids.delivered}/payload`)).text).toContain('"n":19421777396190491,"f":1.10');
  });

  it("the offline API shows a delivered, a pending and an exhausted delivery with their attempts", async () => {
    const statusOf = async (id: string) => {
      const { deliveries } = z
        .object({ deliveries: z.array(z.object({ status: z.string(), attempts: z.array(z.unknown()) })) })
        .parse(JSON.parse((await readOffline(`/v1/events/${id}`)).text));
      return deliveries.map(({ status, attempts }) => [status, attempts.length]);
    };
    expect(await statusOf(ids.delivered)).toEqual([["delivered", 1]]);
    expect(await statusOf(ids.exhausted)).toEqual([["exhausted", 6]]);
    expect((await statusOf(ids.pending)).toSorted()).toEqual([
      ["delivered", 1],
      ["pending", 1],
    ]);
  });

  it.each(ROUTES.filter(({ scope }) => scope === "send" || scope === "manage"))(
    "the offline API refuses $method $path with READ_ONLY for any body and key",
    async ({ method, path }) => {
      const target = path.replace("{account}", "kept").replace("{id}", ids.delivered);
      for (const init of [{ method }, { method, body: "{", headers: { authorization: caller.authorization } }]) {
        const { status, text } = await readOffline(target, method === "GET" ? {} : init);
        expect([status, JSON.parse(text)]).toEqual([403, READ_ONLY(path)]);
      }
    },
  );

  it("the offline API shows no keys, and accepts any key or none", async () => {
    expect((await readOffline("/v1/accounts/kept/keys")).status).toBe(403);
    expect((await readOffline("/v1/events", { headers: { authorization: "Basic eDp5" } })).status).toBe(200);
    expect((await readOffline("/v1/events", { headers: { "rappel-account": "stranger" } })).status).toBe(404);
  });

  it("reading an export does not change the file, and the file holds no secrets", () => {
    expect(stat()).toEqual(asExported);
    expect(asExported.bytes.toString()).not.toMatch(/whsec_|s3cret-word|t0ken-word|another account's/);
    expect(JSON.parse(asExported.bytes.toString())).toMatchObject({ rappel: "export", version: 1 });
  });

  it("the offline API listens on this machine only and refuses other host names", async () => {
    const { hostname, port } = new URL(offline.url);
    expect(hostname).toBe("127.0.0.1");
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request({ hostname, port, path: "/v1/events", headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        sent.once("error", reject).end();
      });
    expect([await statusFor(`localhost:${port}`), await statusFor("evil.example:80")]).toEqual([200, 421]);
  });

  it("a file that is not an export is refused in one sentence", async () => {
    writeFileSync(join(folder, "other.json"), '{"events":[]}');
    const { output } = await run("start", ["--read", join(folder, "other.json"), "--port", "0"]);
    expect(output.trim()).toBe(
      `Cannot read ${join(folder, "other.json")}: it is not an export of Rappel; npm run export writes one`,
    );
  });
});

/** The list of events has the time at which it was read. */
function withoutClock(text: string): string {
  return text.replace(/"pollAfter":"[^"]+"/, '"pollAfter":""');
}
