import { describe, expect, it } from "vitest";
import { hopsIn } from "../../lambdas/http/hops.ts";
import { ROUTES } from "../../lambdas/http/routes.ts";
import { basic, codeOf, send } from "./routed-requests.ts";

const [accept, api] = [{ function: "accept" }, { function: "api" }] as const;
const withHops = (hops: string) => ({ headers: { "rappel-hops": hops } });

describe("the hops of a request", () => {
  it("a request without the header has none", () => {
    expect([accept, api].map((route) => hopsIn(route, { headers: {} }))).toEqual([0, 0]);
  });

  it("a route that accepts events takes two hops and refuses the third", () => {
    expect(["0", "1", "2"].map((text) => hopsIn(accept, withHops(text)))).toEqual([0, 1, 2]);
    for (const hops of ["3", "4", "999999999"])
      expect(() => hopsIn(accept, withHops(hops))).toThrow(`Rappel has delivered this ${hops} times`);
  });

  it("every other route refuses a webhook", () => {
    for (const route of ROUTES.filter((each) => each.function === "api"))
      expect(() => hopsIn(route, withHops("1")), route.path).toThrow("This is a webhook from Rappel");
  });

  it.each(["", "-1", "1.5", "x", "1, 1", "9999999999"])("%j is refused as a number of hops", (text) => {
    expect(() => hopsIn(accept, withHops(text))).toThrow("must be a whole number");
  });

  it("a refused loop is answered 508 with the header, by which the sender recognises it", async () => {
    const request = { headers: { authorization: basic("key", "right"), "rappel-hops": "1" } };
    const { status, headers } = await send("POST", "/v1/endpoints", request);
    expect([status, headers["rappel-hops"]]).toEqual([508, "1"]);
    expect(await codeOf(send("POST", "/v1/endpoints", request))).toEqual([508, "LOOP_DETECTED"]);
    expect((await send("POST", "/v3/REST/eventcallbackurl", request)).status).toBe(508);
  });
});
