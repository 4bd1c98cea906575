import { describe, expect, it, onTestFinished } from "vitest";
import { verify } from "../../client/index.ts";
import { type Answer, newSecret, signed, startReceiver } from "../../client/testing/index.ts";

async function start() {
  const receiver = await startReceiver();
  onTestFinished(receiver.stop);
  return receiver;
}
const post = (url: string, init: RequestInit = {}) =>
  fetch(url, { method: "POST", signal: AbortSignal.timeout(500), ...init });

describe("the receiver of rappel/testing", () => {
  it("keeps each request as it arrived, and answers 200 until another answer is set", async () => {
    const receiver = await start();
    const secret = newSecret();
    const webhook = signed({ body: '{"price":1.10}', secret, id: "evt_1" });
    expect((await post(`${receiver.url}/hook?a=1`, webhook)).status).toBe(200);
    const [request] = await receiver.waitFor(1);
    expect([request?.method, request?.path]).toEqual(["POST", "/hook?a=1"]);
    expect(verify(request?.body ?? "", request?.headers ?? {}, secret).id).toBe("evt_1");
  });

  it("answers the next requests one way, and all others another", async () => {
    const receiver = await start();
    receiver.next({ status: 500 }, { status: 429, headers: { "retry-after": "1" }, body: "later", afterMs: 20 });
    receiver.always(({ path }) => ({ status: path === "/gone" ? 410 : 204 }));
    const statuses = [];
    for (const path of ["", "", "", "/gone"]) statuses.push((await post(receiver.url + path)).status);
    expect(statuses).toEqual([500, 429, 204, 410]);
  });

  it.each<[Answer]>([["hang"], ["reset"], ["garbage"], ["cut"], ["endless"]])(
    "never completes an answer: %s",
    async (answer) => {
      const receiver = await start();
      receiver.always(answer);
      const answered = async () => (await post(receiver.url)).text();
      await expect(answered()).rejects.toThrow();
      expect(receiver.received).toHaveLength(1);
    },
  );

  it("says how many requests it has got, if they do not come", async () => {
    const receiver = await start();
    await expect(receiver.waitFor(1, 30)).rejects.toThrow("Got 0 of 1 requests within 30 ms");
  });
});
