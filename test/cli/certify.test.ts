import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { verify } from "../../client/index.ts";
import { newSecret, startReceiver } from "../../client/testing/index.ts";
import { objectsIn, shell } from "./shell.ts";

const secret = newSecret();
const Report = z.array(z.object({ check: z.string(), verdict: z.string(), detail: z.string() }));

interface Webhook {
  readonly body: string;
  readonly headers: Record<string, string>;
}
type Handle = (webhook: Webhook) => number | Promise<number>;

async function serve(handle: Handle): Promise<string> {
  const receiver = await startReceiver();
  onTestFinished(receiver.stop);
  receiver.always(async ({ body, headers }) => {
    const status = await handle({ body: body.toString(), headers });
    return { status, ...(status === 301 && { headers: { location: "/elsewhere" } }) };
  });
  return receiver.url;
}

const isSigned = ({ body, headers }: Webhook) => {
  try {
    verify(body, headers, secret);
    return true;
  } catch {
    return false;
  }
};
const good: Handle = (webhook) => (isSigned(webhook) ? 204 : 401);

async function report(handle: Handle, ...more: string[]) {
  const url = await serve(handle);
  const { code, out } = await shell({ RAPPEL_SECRET: secret }).rappel(["--json", "certify", url, ...more]);
  const findings = Report.parse(objectsIn(out));
  const failed = findings.filter(({ verdict }) => verdict === "fail").map(({ check }) => check);
  return { code, failed, findings };
}

describe("rappel certify", () => {
  it("a receiver that verifies, and answers at once, passes", async () => {
    const { code, failed, findings } = await report(good);
    expect([code, failed]).toEqual([0, []]);
    expect(findings.filter(({ verdict }) => verdict === "skip").map(({ check }) => check)).toEqual(["duplicate"]);
  });

  const seen = new Set<string>();
  const handlers: [string, Handle, string[]][] = [
    ["one that verifies nothing", () => 200, ["no-signature", "wrong-signature", "changed-body", "old", "future"]],
    [
      "one that looks at the headers only",
      ({ headers }) => (headers["webhook-signature"] === undefined ? 400 : 200),
      ["wrong-signature", "changed-body", "old", "future"],
    ],
    [
      "one that verifies JSON that it wrote again",
      (webhook) => (isSigned({ ...webhook, body: JSON.stringify(JSON.parse(webhook.body)) }) ? 200 : 401),
      ["exact-bytes"],
    ],
    [
      "one that answers a duplicate with an error",
      (webhook) => {
        const id = webhook.headers["webhook-id"] ?? "";
        if (!isSigned(webhook)) return 401;
        return seen.has(id) ? 409 : seen.add(id) && 200;
      },
      ["duplicate"],
    ],
    [
      "one whose body limit is that of a framework",
      (webhook) => (webhook.body.length > 100_000 ? 413 : good(webhook)),
      ["large"],
    ],
    [
      "one that wants exactly one signature",
      (webhook) => (webhook.headers["webhook-signature"]?.includes(" ") === true ? 400 : good(webhook)),
      ["rotation"],
    ],
    [
      "one that does not know all event types",
      (webhook) => (webhook.body.includes("unknown_type") ? 422 : good(webhook)),
      ["unknown-type"],
    ],
    ["one that moved", () => 301, ["accepts"]],
    ["one that is gone", () => 410, ["accepts"]],
  ];
  it.each(handlers)("%s fails where it is wrong", async (_, handle, expected) => {
    const { code, failed } = await report(handle);
    expect([code, failed]).toEqual([1, expected]);
  });

  it("one that works on one webhook at a time fails", async () => {
    let isBusy = false;
    const { failed } = await report(async (webhook) => {
      if (isBusy) return 503;
      isBusy = true;
      await new Promise((resolve) => setTimeout(resolve, 5));
      isBusy = false;
      return good(webhook);
    });
    expect(failed).toEqual(["concurrent"]);
  });

  it("refusals that may have another reason are no proof", async () => {
    const { failed, findings } = await report((webhook) => (isSigned(webhook) ? 200 : 429));
    expect(failed).toEqual([]);
    expect(findings.filter(({ verdict }) => verdict === "warn")).toHaveLength(5);
  });

  it("counts what was processed, where the receiver says it", async () => {
    let processed = 0;
    const count = await startReceiver();
    onTestFinished(count.stop);
    count.always(() => ({ status: 200, body: String(processed) }));
    const countUrl = count.url;
    const ids = new Set<string>();
    const once: Handle = (webhook) => {
      if (!isSigned(webhook)) return 401;
      ids.add(webhook.headers["webhook-id"] ?? "");
      processed = ids.size;
      return 200;
    };
    expect((await report(once, "--count-url", countUrl)).failed).toEqual([]);
    const twice: Handle = (webhook) => {
      processed++;
      return good(webhook);
    };
    expect((await report(twice, "--count-url", countUrl)).failed).toEqual(["duplicate"]);
  });

  it("a receiver that is not there fails the first check, and the rest is skipped", async () => {
    const url = await serve(good);
    const { code, out } = await shell({ RAPPEL_SECRET: secret }).rappel(["certify", url.replace(/\d+$/, "1")]);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail accepts a signed webhook: it got no response/);
    expect(out.match(/^skip/gm)).toHaveLength(12);
  });

  it("needs the secret", async () => {
    const { code, err } = await shell().rappel(["certify", "http://127.0.0.1:1"]);
    expect([code, err]).toEqual([2, expect.stringContaining("--secret whsec_… or RAPPEL_SECRET")]);
  });
});
