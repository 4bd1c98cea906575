import { statSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { plain } from "../../cli/output.ts";
import { acceptAll, answered, eventsOf, KEY, refused, stubbed } from "../client/api-stub.ts";
import { objectsIn, shell } from "./shell.ts";

const world = stubbed();
const [RED, PLAIN] = ["\u001b[31m", "\u001b[39m"];
const WHO = { account: "acme", isOperator: false, key: { id: "key_1", scopes: ["read"] } };

describe("the command line", () => {
  it.each([
    ["no such command", ["tell"], /unknown command 'tell'/],
    ["no such option", ["tail", "--colour"], /unknown option '--colour'/],
    ["a wrong time", ["tail", "--since", "yesterday"], /Need a time such as .* 90s, 30m, 2h, 7d/],
    [
      "a wrong payload",
      ["--url", "http://x", "--key", KEY, "send", "t", "{"],
      /Cannot send the payload: it is not JSON/,
    ],
    ["a missing URL", ["status"], /Need the API's URL: --url, RAPPEL_URL, or a profile made by: rappel login/],
    ["a missing key", ["--url", "http://127.0.0.1:1", "status"], /Need a key: --key, RAPPEL_KEY/],
    ["no such profile", ["--profile", "prod", "status"], /There is no profile "prod" .* It has: none/],
    [
      "a file that is not there",
      ["--url", "http://x", "--key", KEY, "send", "t", "--file", "nowhere"],
      /--file nowhere/,
    ],
    ["no payload", ["--url", "http://x", "--key", KEY, "send", "t"], /Need a payload: an argument, --file, or stdin/],
  ])("%s is explained, with what to do, and ends with 2", async (_, args, expected) => {
    const { code, err, out } = await shell().rappel(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(expected);
  });

  it("shows help and its version, and ends with 0", async () => {
    const { rappel } = shell();
    expect(await rappel(["--version"])).toMatchObject({ code: 0, out: "1.2.3\n" });
    for (const args of [["--help"], ["recover", "--help"], ["endpoints", "add", "--help"]]) {
      const { code, out } = await rappel(args);
      expect(code).toBe(0);
      expect(out).toContain("Examples:");
    }
  });

  it("completes commands in a shell", async () => {
    const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const { code } = await shell().rappel(["completion", "bash"]);
    expect([code, printed.mock.calls.flat().join("")]).toEqual([
      0,
      expect.stringContaining("complete -F __rappel_complete rappel"),
    ]);
    printed.mockRestore();
  });

  it("login checks the key, and keeps it in a file that only its user reads; a flag wins over it", async () => {
    const { receiver } = await world(() => answered(200, WHO));
    const { rappel, config } = shell();
    const { code, out } = await rappel(["login", "--url", receiver.url, "--key", KEY]);
    expect([code, out]).toEqual([0, expect.stringContaining("a key of the account acme, read")]);
    expect(out).not.toContain("not-a-secret");
    expect(statSync(config).mode & 0o777).toBe(0o600);
    await rappel(["status"]);
    await rappel(["--url", "http://127.0.0.1:1", "status"]);
    expect(new Set(receiver.received.map(({ path }) => path))).toContain("/health");
  });

  it("an error of the API is shown with its code and fields, and ends with 1", async () => {
    const errors = [{ pointer: "/url", detail: "is not allowed", allowed: "a public address" }];
    const { receiver } = await world(() => answered(422, { code: "ADDRESS_FORBIDDEN", detail: "No", errors }));
    const { code, err } = await shell().rappel([
      ...["--url", receiver.url, "--key", KEY],
      ...["endpoints", "add", "http://10.0.0.1"],
    ]);
    expect([code, err]).toEqual([
      1,
      "error: ADDRESS_FORBIDDEN: No\n  /url is not allowed; allowed: a public address\n",
    ]);
  });

  it("prints a table in a terminal, tabs in a pipe, and JSON when it is asked to", async () => {
    const row = { type: "open", source: "mailjet", description: "An e-mail was opened", sample: {} };
    const { receiver } = await world(() => answered(200, { data: [row] }));
    const { rappel } = shell({ RAPPEL_URL: receiver.url, RAPPEL_KEY: KEY });
    expect((await rappel(["trigger"])).out).toBe("TYPE\tSOURCE\tDESCRIPTION\nopen\tmailjet\tAn e-mail was opened\n");
    expect((await rappel(["trigger"], { isTerminal: true })).out).toContain("open  mailjet  An e-mail was opened\n");
    expect(objectsIn((await rappel(["--json", "trigger"])).out)).toEqual([row]);
  });

  it("a profile's key goes to no other URL", async () => {
    const [own, other] = [await world(() => answered(200, WHO)), await world(() => answered(200, WHO))];
    const { rappel } = shell();
    await rappel(["login", "--url", own.receiver.url, "--key", KEY]);
    for (const command of [["status"], ["login", "--profile", "other"]]) {
      const { code, err } = await rappel(["--url", other.receiver.url, ...command]);
      expect([code, err]).toEqual([2, expect.stringContaining("Need a key")]);
    }
    expect(other.receiver.received).toEqual([]);
  });

  it("of many lines, those that are accepted are printed, and those that are refused are named", async () => {
    const { receiver } = await world((request) => {
      const place = eventsOf(request).findIndex(({ data }) => data === 2);
      return place < 0 ? acceptAll(request) : refused(422, "FIELDS_INVALID", [`/${place}/data`]);
    });
    const { rappel } = shell({ RAPPEL_URL: receiver.url, RAPPEL_KEY: KEY });
    const { code, out, err } = await rappel(["send", "t", "--lines"], { input: "1\n2\n3\n" });
    expect([code, out]).toEqual([1, "evt_t\nevt_t\n"]);
    expect(err).toBe("line 2: FIELDS_INVALID: no\nAccepted 2 events. Follow them with: rappel tail\n");
  });

  it("what a receiver answers cannot move the cursor of a terminal, and the program's own colours stay", async () => {
    const result = { outcome: "http_error", status: 500, durationMs: 1, reason: "a\u001b[2Jb" };
    const { receiver } = await world(() => answered(200, result));
    const { rappel } = shell({ RAPPEL_URL: receiver.url, RAPPEL_KEY: KEY });
    const { code, out } = await rappel(["endpoints", "test", "ep_1"], { isTerminal: true });
    expect([code, out]).toEqual([1, `${RED}http_error 500 in 1 ms: a\ufffd[2Jb${PLAIN}\n`]);
  });

  it("a wait that Ctrl-C ends is no error, and ends with 130", async () => {
    const recovery = { id: "rec_1", estimate: { deliveries: 1, isComplete: true }, finishedAt: null };
    const progress = { status: "running", progress: { resent: 0, matched: 0 } };
    const stop = new AbortController();
    const { receiver } = await world(({ method }) => {
      if (method === "GET") setTimeout(() => stop.abort(), 50);
      return answered(method === "GET" ? 200 : 202, { ...recovery, ...progress });
    });
    const { rappel } = shell({ RAPPEL_URL: receiver.url, RAPPEL_KEY: KEY });
    const { code, err } = await rappel(["recover", "ep_1"], { stopped: stop.signal });
    expect([code, err]).toEqual([130, "rec_1: 1 delivery to send again\n"]);
  });

  it("text of others cannot move the cursor of a terminal", () => {
    expect(plain("a\u001b[2Jb\u0007\r\u009b1mc\td\n")).toBe("a�[2Jb���1mc\td\n");
  });
});
