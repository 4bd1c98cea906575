import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { newSecret } from "../../lambdas/payload/signature.ts";
import { type Figures, figuresOf, unmetGuarantees } from "../../local/demo/figures.ts";
import type { Post } from "../../local/demo/receiver.ts";
import { openScreen, wrapped } from "../../local/demo/screen.ts";
import { summaryOf } from "../../local/demo/summary.ts";

const ESCAPE = String.fromCodePoint(27);
const aws = {
  httpRequests: 1,
  lambdaRequests: 1,
  gbSeconds: 1,
  sqsRequests: 1,
  writeUnits: 1,
  readUnits: 1,
  schedulerInvocations: 1,
  kmsRequests: 1,
  logBytes: 1,
};
const good: Figures = {
  accepted: 1_006,
  delivered: 1_006,
  lost: 0,
  twice: 0,
  unknownPosts: 0,
  postsWhileDown: 27,
  postsWhileDownMax: 27,
  schedulesMost: 1,
  aws,
  dollars: 0.0035,
  seconds: 72,
};

describe("the demo's figures", () => {
  it("the guarantees are met if all accepted events were delivered once with one schedule", () => {
    expect(unmetGuarantees(good)).toEqual([]);
  });

  it.each([
    ["an event was not delivered", { delivered: 1_005 }, "1006 accepted, but 1005 delivered"],
    ["nothing was sent", { accepted: 0, delivered: 0 }, "0 accepted, but 0 delivered"],
    ["an event was lost", { lost: 1 }, "1 lost"],
    ["an event arrived twice", { twice: 1 }, "1 delivered twice"],
    ["an unknown event arrived", { unknownPosts: 1 }, "1 POSTs of events that were never sent"],
    ["there were two schedules", { schedulesMost: 2 }, "2 schedules at the same time, not 1"],
    ["there was no schedule at all", { schedulesMost: 0 }, "0 schedules at the same time, not 1"],
    [
      "a failing URL got too many POSTs",
      { postsWhileDown: 28 },
      "28 POSTs to a URL that was down: at most 27 are allowed",
    ],
    [
      "a failing URL got no POST",
      { postsWhileDown: 0 },
      "no POST while the receiver was down, so the demo shows nothing",
    ],
    [
      "the usage meter counted nothing",
      { aws: { ...aws, writeUnits: 0 } },
      "the usage meter has no calls for a unit that AWS bills",
    ],
  ])("a guarantee is not met if %s", (_, wrong, message) => {
    expect(unmetGuarantees({ ...good, ...wrong })).toEqual([message]);
  });

  const secret = newSecret(Buffer.alloc(32, 7));
  const postOf = (id: string, text: string, status = 200): Post => {
    const at = new Date();
    const signature = new Webhook(secret).sign(id, at, text);
    const timestamp = String(Math.floor(at.getTime() / 1_000));
    const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
    return { id, body: Buffer.from(text), headers, status };
  };
  const count = (posts: Post[]) =>
    figuresOf({
      sent: new Map(["a", "b"].map((id) => [id, Buffer.from(`{"n":"${id}"}`)])),
      posts,
      secret,
      postsWhileDownMax: 0,
      schedulesMost: 1,
      counts: [],
      seconds: 1,
    });
  const [a, b] = [postOf("a", '{"n":"a"}'), postOf("b", '{"n":"b"}')];

  it("an event counts as delivered if it arrived unchanged, signed and was answered 200", () => {
    expect(count([a, b])).toMatchObject({ accepted: 2, delivered: 2, lost: 0, twice: 0, unknownPosts: 0 });
    expect(count([a, postOf("b", '{"n":"b"}', 503)])).toMatchObject({ delivered: 1, lost: 1, postsWhileDown: 1 });
    expect(count([a, postOf("b", '{"n": "b"}')])).toMatchObject({ delivered: 1, lost: 1 });
    expect(count([a, { ...b, headers: a.headers }])).toMatchObject({ delivered: 1, lost: 1 });
    expect(count([a, a, b])).toMatchObject({ delivered: 2, twice: 1 });
    expect(count([a, b, postOf("c", "1")])).toMatchObject({ delivered: 2, unknownPosts: 1 });
  });
});

describe("the demo's screen", () => {
  function output(isTTY: boolean): string {
    let text = "";
    const write = (part: string | Uint8Array) => {
      text += String(part);
      return true;
    };
    const screen = openScreen({ write, isTTY }, performance.now());
    screen.title("1  Something");
    screen.say("It happens, ".repeat(12), "good");
    for (let n = 1; n <= 100; n++) screen.progress(n, 100, `${n} of 100`);
    screen.sayBriefly("first passing");
    screen.sayBriefly("second passing");
    screen.note("and so on");
    return text;
  }
  const plain = (text: string) => text.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, "g"), "");

  it("a pipe gets no control characters: a bar is printed in quarters, and other lines one by one", () => {
    const text = plain(output(false));
    expect([text.includes("\r"), text.includes(ESCAPE)]).toEqual([false, false]);
    expect(text.match(/\d+ of 100/g)).toEqual(["25 of 100", "50 of 100", "75 of 100", "100 of 100"]);
    expect(text.match(/\w+ passing/g)).toEqual(["first passing", "second passing"]);
  });

  it("a terminal gets moving lines that are overwritten, and keeps the last state", () => {
    // A terminal shows the part of a line after its last clearing.
    const shown = output(true)
      .split("\n")
      .map((line) => plain(line.split(`\r${ESCAPE}[2K`).at(-1) ?? ""));
    expect(shown.filter((line) => line.includes("of 100"))).toEqual([expect.stringContaining("100 of 100")]);
    expect(shown.filter((line) => line.includes("passing"))).toEqual([]);
    expect(shown.at(-2)).toContain("and so on");
  });

  it("all lines fit into 80 columns", () => {
    const lines = [...plain(output(false)).split("\n"), ...plain(summaryOf(good)).split("\n")];
    expect(lines.filter(({ length }) => length > 80)).toEqual([]);
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
  });
});
