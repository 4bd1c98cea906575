import { describe, expect, it } from "vitest";
import { matchRoute } from "../../local/emulator/gateway/routes.ts";

const routes = ["$default", "POST /v1/events", "GET /v1/events/{id}", "ANY /v1/{rest+}", "GET /v1/events/newest"].map(
  (key) => ({ key, functionArn: key }),
);
const match = (method: string, path: string) => {
  const found = matchRoute(routes, method, path);
  return found && [found.route.key, found.pathParameters];
};

describe("routes", () => {
  it("a route is found by method and path", () => {
    expect(match("POST", "/v1/events")).toEqual(["POST /v1/events", {}]);
  });
  it("a route names its variables and prefers literals", () => {
    expect(match("GET", "/v1/events/evt_1")).toEqual(["GET /v1/events/{id}", { id: "evt_1" }]);
    expect(match("GET", "/v1/events/newest")).toEqual(["GET /v1/events/newest", {}]);
  });
  it("a greedy route is used only if no complete route fits", () => {
    expect(match("DELETE", "/v1/events/a/b")).toEqual(["ANY /v1/{rest+}", { rest: "events/a/b" }]);
  });
  it("$default is used if no other route fits", () => {
    expect(match("GET", "/")).toEqual(["$default", {}]);
    expect(match("GET", "/v1")).toEqual(["$default", {}]);
  });
  it.each(["//v1/events", "/v1/events/", "/V1/events", "/v1/Events"])(
    "as API Gateway's, a route has one spelling: POST %s is not POST /v1/events",
    (path) => {
      expect(match("POST", path)?.[0]).not.toBe("POST /v1/events");
    },
  );
  it("there is no route without $default if none fits", () => {
    expect(matchRoute(routes.slice(1, 2), "GET", "/v1/events")).toBeUndefined();
  });
});
