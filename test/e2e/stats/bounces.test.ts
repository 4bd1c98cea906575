import { expect, it } from "vitest";
import * as z from "zod";
import FIXTURE from "../../fixtures/bounces.json" with { type: "json" };
import { openFixture } from "../support/fixture.ts";

const { callerOf } = openFixture();
const List = z.object({
  data: z.array(z.object({ email: z.string(), count: z.int() })),
  nextCursor: z.string().nullable(),
});

it("bounced addresses of 200 events of both platforms are listed as JSON and CSV", { timeout: 600_000 }, async () => {
  const caller = await callerOf("bounces");
  for (const source of ["mailjet", "sarbacane"]) {
    const events = FIXTURE.events.filter((each) => each.source === source).map(({ event }) => event);
    expect((await caller.call("POST", `/v1/sources/${source}`, events)).status).toBe(200);
  }
  const counted = ({ data }: z.infer<typeof List>) =>
    Object.fromEntries(data.map(({ email, count }) => [email.toLowerCase(), count]));
  const read = async (query: string) => List.parse((await caller.call("GET", `/v1/bounces${query}`)).json);
  const expected = (rows: readonly { email: string; count: number }[]) =>
    Object.fromEntries(rows.map(({ email, count }) => [email.toLowerCase(), count]));
  await expect.poll(async () => counted(await read("?include=soft"))).toEqual(expected(FIXTURE.withSoft));
  expect(counted(await read(""))).toEqual(expected(FIXTURE.hard));
  const future = new Date(Date.now() + 3_600_000).toISOString();
  expect(await read(`?since=${future}`)).toEqual({ data: [], nextCursor: null });
  const csv = await caller.call("GET", "/v1/bounces?format=csv");
  expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
  expect(csv.text.startsWith("email,bounce,count,lastReason,lastBouncedAt,source,lastEventId\r\n")).toBe(true);
  expect(csv.text).toContain("'=cmd@example.com");
});
