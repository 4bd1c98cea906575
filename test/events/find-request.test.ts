import { describe, expect, it } from "vitest";
import { findRequest } from "../../lambdas/events/find-request.ts";
import { requestView } from "../../lambdas/http/views/request-views.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { memoryWorld } from "../support/memory-world.ts";

const PAYLOAD = '{"MessageID":19421777396190491,"score":1.10}';
const SECRET_PARTS = {
  userinfo: { user: "ada", password: "pa55word" },
  headers: { "x-token": "s3cret-header" },
};

async function sentTo(more: Parameters<typeof addEndpoint>[1] = {}) {
  const world = memoryWorld();
  const hook = await addEndpoint(world, more);
  const [event] = await hook.send(1, { payload: Buffer.from(PAYLOAD), type: "order.created" });
  const { id, account } = hook.endpoint;
  const read = async (endpoint = id, only?: string) =>
    requestView(await findRequest(world, account, { id: event?.id ?? "", endpoint }, only), ["read"]);
  return { world, hook, event, read };
}

describe("what an attempt sends", () => {
  it("is what the receiver got, byte for byte, but for secrets and the attempt's second", async () => {
    const { world, event, read } = await sentTo(SECRET_PARTS);
    const [sent] = world.webhookClient.ledger;
    const request = await read();
    expect(request.body).toBe(Buffer.from(sent?.body ?? []).toString());
    expect(request.body).toContain(PAYLOAD);
    expect(request.bodyBytes).toBe(sent?.body.length);
    const hidden = { "x-token": "***", authorization: "***", "webhook-signature": "***" };
    const { "webhook-timestamp": _, ...headers } = sent?.headers ?? {};
    expect(request.headers).toEqual({ ...headers, ...hidden });
    expect(request).toMatchObject({ eventId: event?.id, method: "POST", url: "https://ada:***@example.com/webhooks" });
  });

  it("no secret of the endpoint is in it", async () => {
    const { hook, read } = await sentTo(SECRET_PARTS);
    const text = JSON.stringify(await read());
    for (const secret of ["pa55word", "s3cret-header", ...hook.endpoint.secrets, "v1,"])
      expect(text).not.toContain(secret);
  });

  it("of an endpoint that groups events the body is not known", async () => {
    const { read } = await sentTo({ group: { maxEvents: 10, maxBytes: 10_000, windowMs: 1_000 } });
    const { body, bodyBytes, headers } = await read();
    expect({ body, bodyBytes }).toEqual({ body: null, bodyBytes: null });
    expect(headers).toMatchObject({ "webhook-id": "***", "rappel-event-ids": "***" });
    expect(headers).not.toHaveProperty("content-length");
  });

  it("an endpoint without a delivery of the event, a deleted one, and one that the session may not see are not found", async () => {
    const { world, hook, read } = await sentTo();
    const other = await addEndpoint(world);
    await expect(read(other.endpoint.id)).rejects.toMatchObject({ code: "EVENT_NOT_FOUND" });
    await expect(read(hook.endpoint.id, other.endpoint.id)).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    expect(await read(hook.endpoint.id, hook.endpoint.id)).toHaveProperty("body");
    await world.endpoints.remove("acme", hook.endpoint.id);
    await expect(read()).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
  });
});
