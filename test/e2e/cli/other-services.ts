import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server with the shape of another service's API. */
export interface OtherService {
  readonly url: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

interface Has {
  /** Of the receiver. */
  readonly url: string;
  readonly secret: string;
  readonly account: string;
}
type Answers = Readonly<Record<string, unknown>>;

const TOKEN = "source-token";

async function serve(answers: Answers): Promise<OtherService> {
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return response.writeHead(401).end();
    const found = answers[request.url ?? ""];
    return response
      .writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" })
      .end(JSON.stringify(found ?? { detail: "not found" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: TOKEN,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** An application with two endpoints, each on a page of its own; the second one is disabled and has a secret of its own form. */
export function svixShaped({ url, secret, account }: Has): Promise<OtherService> {
  const at = "2026-01-01T00:00:00Z";
  const app = { id: "app_1", uid: account, name: "A customer", metadata: {}, createdAt: at, updatedAt: at };
  const endpoint = {
    id: "ep_one",
    url,
    description: "Orders",
    disabled: false,
    filterTypes: ["order.paid"],
    channels: null,
    metadata: {},
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
  const other = { ...endpoint, id: "ep_two", url: `${url}/two`, filterTypes: null, disabled: true, description: "" };
  const list = "/api/v1/app/app_1/endpoint";
  return serve({
    "/api/v1/app?limit=250": { data: [app], iterator: "app_1", done: true },
    [`${list}?limit=250`]: { data: [endpoint], iterator: "ep_one", done: false },
    [`${list}?limit=250&iterator=ep_one`]: { data: [other], iterator: "ep_two", done: true },
    [`${list}/ep_one/secret`]: { key: secret },
    [`${list}/ep_one/headers`]: { headers: { "x-own": "kept" }, sensitive: ["x-hidden"] },
    [`${list}/ep_two/secret`]: { key: "another-form" },
    [`${list}/ep_two/headers`]: { headers: {}, sensitive: [] },
  });
}

/** After other tenants, a tenant with two destinations; the second one is disabled and has a secret of its own form. */
export function outpostShaped({ url, secret, account }: Has, before: readonly string[] = []): Promise<OtherService> {
  const destination = {
    id: "des_1",
    type: "webhook",
    topics: ["order.*", "*.paid"],
    disabled_at: null,
    created_at: "2026-01-01T00:00:00Z",
    config: { url, custom_headers: '{"x-own":"kept"}' },
    credentials: { secret },
  };
  const other = {
    ...destination,
    id: "des_2",
    topics: "*",
    disabled_at: "2026-02-01T00:00:00Z",
    config: { url: `${url}/two` },
    credentials: { secret: "whsec_0123456789abcdef0123456789abcdef-hex" },
  };
  return serve({
    "/tenants?limit=100": { models: [...before, account].map((id) => ({ id })), pagination: { next: null }, count: 1 },
    [`/tenants/${account}/destinations?type=webhook`]: [destination, other],
  });
}
