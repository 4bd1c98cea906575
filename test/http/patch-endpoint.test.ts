import { describe, expect, it } from "vitest";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { patchedEndpoint } from "../../lambdas/http/patch-endpoint.ts";
import { endpointView } from "../../lambdas/http/views/endpoint-views.ts";
import { endpointWith } from "../support/examples.ts";
import { defaults, read } from "./endpoint-config.ts";

const present = endpointWith(
  read({
    url: "https://me:s3cret@example.com/x",
    headers: { a: "1" },
    group: { maxEvents: 10 },
    rateLimit: 5,
    retrySchedule: [{ times: 5, everySeconds: 2 }],
    metadata: { k: "v" },
  }),
);
const state = newState(present.id, present.account, 0);
const view = endpointView({ endpoint: present, state, readAt: 0 }, SCOPES);
const patch = (body: unknown) => patchedEndpoint(body, defaults)(present, state);

describe("a patch that is the endpoint as GET showed it", () => {
  it("changes nothing", () => {
    expect(patch(view)).toEqual(patch({}));
  });

  it("changes what was edited, whatever deliveries have changed meanwhile", () => {
    const edited = {
      ...view,
      description: "mine",
      lastSuccessAt: "2026-11-21T12:00:00.000Z",
      consecutiveFailures: 9,
      updatedAt: view.createdAt,
    };
    expect(patch(edited)).toEqual({ ...patch({}), description: "mine" });
  });

  it.each([
    ["id", "ep_01JD7X1RZ8M3V0A6Q5T2Y9WKBC"],
    ["managedBy", "callbacks"],
    ["createdAt", null],
  ])("cannot change %s, which is read-only", (name, value) => {
    expect(() => patch({ [name]: value })).toThrow(
      expect.objectContaining({
        code: "FIELDS_INVALID",
        errors: [expect.objectContaining({ pointer: `/${name}`, detail: "is read-only" })],
      }),
    );
  });

  it("may have the status of before a delivery failed, but cannot pause or resume", () => {
    const failing = { ...state, status: "failing" } as const;
    const paused = { ...state, status: "paused" } as const;
    expect(patchedEndpoint(view, defaults)(present, failing)).toEqual(patch({}));
    for (const [body, at] of [
      [{ status: "paused" }, state],
      [{ status: "active" }, paused],
    ] as const)
      expect(() => patchedEndpoint(body, defaults)(present, at)).toThrow(
        expect.objectContaining({ errors: [expect.objectContaining({ pointer: "/status", detail: "is read-only" })] }),
      );
  });

  it("fields that no endpoint has are still refused", () => {
    expect(() => patch({ ...view, colour: "red" })).toThrow("Some fields are invalid");
  });
});
