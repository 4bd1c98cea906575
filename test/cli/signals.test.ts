import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { answered, KEY, stubbed } from "../client/api-stub.ts";

const world = stubbed();

/** The command in a process of its own. */
function start(url: string, args: readonly string[]) {
  const env = { ...process.env, RAPPEL_URL: url, RAPPEL_KEY: KEY };
  const child = spawn(process.execPath, ["bin/rappel.ts", ...args], { env, stdio: "pipe" });
  child.stdout.resume();
  child.stderr.resume();
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, code: async (): Promise<unknown> => (await once(child, "exit"))[0] };
}

describe("Ctrl-C", () => {
  it.each([
    ["send", ["send", "tail", "1"]], // an event type can have a command's name
    ["export", ["export"]],
  ])("ends %s at once, with 130", async (_, args) => {
    const { receiver } = await world(() => "hang");
    const { child, code } = start(receiver.url, args);
    await receiver.waitFor(1, 60_000);
    child.kill("SIGINT");
    expect(await code()).toBe(130);
  });

  it("ends tail with 0", async () => {
    const { receiver } = await world(() => answered(200, { data: [], nextCursor: null, scannedUntil: null }));
    const { child, code } = start(receiver.url, ["tail"]);
    await receiver.waitFor(1, 60_000);
    child.kill("SIGINT");
    expect(await code()).toBe(0);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("lets listen delete its endpoint: %s", async (signal) => {
    const { receiver } = await world(({ method, path }) => {
      if (method === "DELETE") return { status: 204 };
      if (path === "/v1/endpoints") return answered(201, { id: "ep_1", secret: "whsec_x" });
      return answered(200, { data: [], nextCursor: null, scannedUntil: null });
    });
    const { child, code } = start(receiver.url, ["listen", "--forward", "127.0.0.1:1"]);
    await receiver.waitFor(2, 60_000);
    child.kill(signal);
    expect(await code()).toBe(0);
    expect(receiver.received.at(-1)).toMatchObject({ method: "DELETE", path: "/v1/endpoints/ep_1" });
  });
});
