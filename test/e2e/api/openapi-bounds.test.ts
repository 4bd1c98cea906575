import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { REQUEST_EXAMPLES } from "../../../lambdas/http/openapi/request-examples.ts";
import { type Operation, ROUTES } from "../../../lambdas/http/routes.ts";
import { candidatesOf } from "../../support/openapi-candidates.ts";
import { DOCUMENT, validatorAt } from "../../support/openapi-schemas.ts";
import { type Answer, type Caller, joinRappel, type Rappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

let rappel: Omit<Rappel, "service">;
let receiver: Receiver;
let operator: Caller;
beforeAll(async () => {
  [rappel, receiver] = await Promise.all([joinRappel(), startReceiver()]);
  operator = await rappel.operator();
}, 300_000);
afterAll(async () => {
  await receiver?.stop();
  await rappel?.stop();
});

type Route = (typeof ROUTES)[number];
const withBody = ROUTES.filter(({ body }) => body !== undefined);
const withQuery = ROUTES.filter(({ query }) => query !== undefined);

/** The examples' host, which the tests must not call, replaced by the receiver's. */
const local = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value).replaceAll(
      "https://example.com",
      new URL(receiver.url).origin.replace("127.0.0.1", "localhost"),
    ),
  );
const examplesOf = (operation: Operation) => Object.values(REQUEST_EXAMPLES[operation] ?? {}).map(local);

/** A caller with an account of its own, and the path of a route there. */
async function prepared({ operation, method, path }: Route): Promise<{ caller: Caller; target: string }> {
  const account = `bounds-${operation.toLowerCase()}`;
  await operator.call("PUT", `/v1/accounts/${account}`);
  const own = await rappel.callerOf(account);
  const caller = path.startsWith("/v1/accounts") ? operator : own;
  const created = async (route: string, body: object) => (await own.call("POST", route, body)).json;
  const Id = z.object({ id: z.string() });
  let id = "";
  if (path.startsWith("/v1/endpoints/{id}"))
    id = Id.parse(await created("/v1/endpoints", { url: receiver.url, eventTypes: ["none"] })).id;
  else if (path.startsWith("/v1/events/{id}")) {
    id = Id.parse(await created("/v1/events", { type: "t", data: 1 })).id;
    while ((await own.call("GET", `/v1/events/${id}`)).status === 404);
  } else if (path.startsWith("/v3") && path.includes("{id}") && method !== "GET") {
    await created("/v3/REST/eventcallbackurl", { EventType: "open", Url: receiver.url });
    id = "1";
  }
  return { caller, target: path.replace("{account}", account).replace("{id}", id) };
}

/** Refusals that depend on what is stored: unknown backups, and in a patch a mask without a stored value. */
const dependentIn = ({ body }: Route) => [
  "is not another endpoint of this account",
  ...(body?.read === "patch" ? ["*** keeps a stored one"] : []),
];

/** Whether the server found the fields valid. What depends on stored data, such as limits, comes after that. */
function isAccepted(route: Route, { json, text }: Answer): boolean {
  if (dependentIn(route).some((detail) => text.includes(detail))) return true;
  const { code, ErrorMessage } = z
    .looseObject({ code: z.string().optional(), ErrorMessage: z.string().optional() })
    .catch({})
    .parse(json);
  return (
    code !== "FIELDS_INVALID" &&
    code !== "TOO_MANY_EVENTS" &&
    ErrorMessage?.startsWith("Some fields are invalid") !== true
  );
}

/** What no schema can say: the sum of a schedule's waits. */
function isBeyondSchemas(body: unknown): boolean {
  const { success, data } = z.looseObject({ retrySchedule: z.array(z.object({ times: z.int() })) }).safeParse(body);
  const sum = success ? data.retrySchedule.reduce((total, { times }) => total + times, 0) : 5;
  return sum < 5 || sum > 100;
}

describe("the OpenAPI document and the server", () => {
  it.each(withBody)("$operation accepts each of its examples", async (route) => {
    const { caller, target } = await prepared(route);
    const examples = examplesOf(route.operation);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const answered = await caller.call(route.method, target, example);
      // A well-formed code reaches the operation, which takes either a code or the caller's key.
      const known = ["ENDPOINT_NOT_FOUND", "Send either a link's code or a key"];
      const isFine = answered.status === route.answer.status || known.some((text) => answered.text.includes(text));
      expect(isFine, `${JSON.stringify(example)}: ${answered.text}`).toBe(true);
    }
  });

  it.each(withBody)(
    "$operation accepts a body if and only if its schema does, at each bound and beyond",
    async (route) => {
      const { operation, method, path } = route;
      const { caller, target } = await prepared(route);
      const media = Object.entries(DOCUMENT.paths[path]?.[method.toLowerCase()]?.requestBody?.content ?? {}).at(-1);
      const [mediaType = "", content] = media ?? [];
      const validate = validatorAt("paths", path, method.toLowerCase(), "requestBody", "content", mediaType, "schema");
      // The example with the most fields reaches the most bounds.
      const base = examplesOf(operation).toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0];
      const bodies = new Map(
        candidatesOf(content?.schema, base).map((candidate) => [JSON.stringify(local(candidate)), local(candidate)]),
      );
      const differences: string[] = [];
      for (const [text, body] of bodies) {
        if (isBeyondSchemas(body)) continue;
        // A patch is merged with what the one before has left.
        if (route.body?.read === "patch")
          await caller.call(method, target, {
            headers: null,
            metadata: null,
            format: null,
            encoding: null,
            preset: null,
          });
        const isListed = validate(body);
        const answered = await caller.call(method, target, text);
        // Mailjet's interface also takes other spellings, which the document does not list.
        if (isAccepted(route, answered) !== isListed && (isListed || !path.startsWith("/v3/")))
          differences.push(
            `${isListed ? "the schema" : "the server"} accepts ${text.slice(0, 200)}: ${answered.text.slice(0, 300)}`,
          );
      }
      expect(differences).toEqual([]);
      expect(bodies.size).toBeGreaterThan(10);
    },
  );

  it.each(withQuery)(
    "$operation accepts a query if and only if its schema does, at each bound and beyond",
    async (route) => {
      const { method, path } = route;
      const { caller, target } = await prepared(route);
      const parameters = DOCUMENT.paths[path]?.[method.toLowerCase()]?.parameters ?? [];
      const differences: string[] = [];
      for (const [index, { in: place, name, schema }] of parameters.entries()) {
        if (place !== "query") continue;
        const validate = validatorAt("paths", path, method.toLowerCase(), "parameters", index, "schema");
        const texts = new Map(candidatesOf(schema).map((value) => [String(value), value]));
        for (const [text, value] of texts) {
          if (typeof value === "object") continue; // has no form in a query
          const isListed = [value, text, readText(text)].some((form) => validate(form));
          const answered = await caller.call(method, `${target}?${new URLSearchParams({ [name]: text })}`);
          // Only the server knows its cursors, and which range of time is too long. Mailjet's numbers of types are not listed.
          const isStricter = name === "cursor" || path === "/v1/stats" || path.startsWith("/v3/");
          const isServerStricter = isListed && !isAccepted(route, answered);
          if (
            isAccepted(route, answered) !== isListed &&
            !(isStricter && (isServerStricter || path.startsWith("/v3/")))
          )
            differences.push(
              `${name}: ${isListed ? "the schema" : "the server"} accepts ${text}: ${answered.text.slice(0, 200)}`,
            );
        }
      }
      expect(differences).toEqual([]);
    },
  );
});

function readText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
