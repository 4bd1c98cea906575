import { expect, it } from "vitest";
import { answered, KEY, stubbed } from "../client/api-stub.ts";
import { objectsIn, shell } from "./shell.ts";

const world = stubbed();
const attempt = (at: string, outcome: string) => ({ at, outcome, status: 200, durationMs: 1, reason: null });
const old = { eventId: "evt_old", endpointId: "ep_1", type: "t", acceptedAt: "2026-01-01T00:00:00.000Z" };
const [first, second] = ["2040-01-01T00:00:00.000Z", "2040-01-01T00:00:01.000Z"];

it("tail shows the last attempt of a delivery that was pending and is no longer in any list", async () => {
  let looks = 0;
  const stop = new AbortController();
  const pending = { ...old, status: "pending", nextAttemptAt: null, attempts: [attempt(first, "http_error")] };
  const ended = { ...old, status: "delivered", attempts: [attempt(first, "http_error"), attempt(second, "success")] };
  const { receiver } = await world(({ path }) => {
    if (path.startsWith("/v1/events/")) {
      stop.abort();
      return answered(200, { deliveries: [ended] });
    }
    const isPending = path.includes("status=pending");
    if (isPending) looks++;
    return answered(200, { data: isPending && looks === 1 ? [pending] : [], nextCursor: null });
  });
  const { rappel } = shell({ RAPPEL_URL: receiver.url, RAPPEL_KEY: KEY });
  const { code, out } = await rappel(["--json", "tail", "--every", "1"], { stopped: stop.signal });
  expect(code).toBe(0);
  expect(objectsIn(out)).toMatchObject([
    { delivery: { eventId: "evt_old" }, number: 1, attempt: { at: first } },
    { delivery: { eventId: "evt_old" }, number: 2, attempt: { at: second } },
  ]);
});

it("tail reads further pages of new deliveries, and says when it gives up", async () => {
  const stop = new AbortController();
  let pages = 0;
  const { receiver } = await world(({ path }) => {
    if (path.includes("status=pending")) return answered(200, { data: [], nextCursor: null });
    const page = ++pages;
    if (page === 10) stop.abort();
    const delivery = {
      ...old,
      eventId: `evt_${page}`,
      acceptedAt: first,
      status: "delivered",
      attempts: [attempt(first, "success")],
    };
    return answered(200, { data: [delivery], nextCursor: String(page) });
  });
  const { rappel } = shell({ RAPPEL_URL: receiver.url, RAPPEL_KEY: KEY });
  const { out, err } = await rappel(["tail"], { stopped: stop.signal });
  expect(out.match(/evt_/g)).toHaveLength(10);
  expect(err).toContain("More than 1000 deliveries since the last look: some attempts are not shown");
});
