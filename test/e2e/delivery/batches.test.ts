import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Answer } from "../support/harness.ts";
import { Accepted, Batch, logged, openDelivery, register, verify } from "./first-attempt-steps.ts";

const { service, receive } = openDelivery();

const sample = (name: string) => readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8");
const objectsIn = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => line.replace(/,$/, ""));

describe("every sample of Mailjet and Sarbacane", () => {
  it.each(["mailjet", "sarbacane"] as const)(
    "every sample sent to the ingest route of %s is delivered byte for byte with a valid signature",
    async (source) => {
      const caller = await service().callerOf(`ingest-${source}`);
      const receiver = await receive();
      const { secret } = await register(caller, receiver.url, { format: "raw" });
      const objects = objectsIn(sample(source));
      const answer = await caller.call("POST", `/v1/sources/${source}`, sample(source));
      expect(answer.status).toBe(200);
      expect(Batch.parse(answer.json).data).toHaveLength(objects.length);
      const received = await receiver.waitFor(objects.length);
      expect(received.map(({ body }) => body.toString("utf8")).sort()).toEqual(objects.toSorted());
      for (const post of received) verify(secret, post);
    },
  );

  it.each(["mailjet", "sarbacane"])(
    "every sample of %s sent to POST /v1/events is delivered in the standard envelope, byte for byte",
    async (source) => {
      const caller = await service().callerOf(`api-${source}`);
      const receiver = await receive();
      const { secret } = await register(caller, receiver.url);
      const objects = objectsIn(sample(source));
      const ids = [];
      for (const object of objects)
        ids.push(
          Accepted.parse((await caller.call("POST", "/v1/events", `{"data":${object},"type":"sample"}`)).json).id,
        );
      for (const { body, headers } of await receiver.waitFor(objects.length)) {
        const text = body.toString("utf8");
        const object = objects[ids.indexOf(headers["webhook-id"] ?? "")];
        expect(text.slice(text.indexOf(',"data":'))).toBe(`,"data":${object}}`);
      }
      for (const post of receiver.received) verify(secret, post);
    },
  );
});

describe("a batch", () => {
  it("a batch of 500 events is answered in order, delivered once each, and listed over pages", async () => {
    const caller = await service().callerOf("batch");
    const receiver = await receive();
    await register(caller, receiver.url, { format: "raw" });
    const events = Array.from({ length: 500 }, (_, n) => ({ type: `n.${n}`, data: n }));
    const accepted = Batch.parse((await caller.call("POST", "/v1/events", events)).json).data;
    expect(accepted.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    const received = await receiver.waitFor(500);
    expect(received.map(({ body }) => Number(body)).sort((a, b) => a - b)).toEqual(events.map(({ data }) => data));
    for (const { id } of accepted) await logged(caller, id);
    const read: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Answer = await caller.call("GET", `/v1/events?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`);
      const { data, nextCursor } = z
        .object({ data: z.array(z.object({ id: z.string() })), nextCursor: z.string().nullable() })
        .parse(page.json);
      read.push(...data.map(({ id }) => id));
      cursor = nextCursor;
    }
    expect(read).toEqual(
      accepted
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
  }, 900_000);

  it("a batch with one invalid event is refused as a whole", async () => {
    const caller = await service().callerOf("all-or-nothing");
    const answer = await caller.call("POST", "/v1/events", [{ type: "t", data: 1 }, { type: "t" }]);
    expect([answer.status, answer.json]).toMatchObject([422, { errors: [{ pointer: "/1/data" }] }]);
    await sleep(300);
    expect((await caller.call("GET", "/v1/events")).json).toMatchObject({ data: [] });
  });
});
