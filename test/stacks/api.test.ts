import { describe, expect, it } from "vitest";
import { ROUTES } from "../../lambdas/http/routes.ts";
import { templateOf } from "./template.ts";

const api = templateOf("api");

describe("the HTTP API", () => {
  it("sends accept's routes to accept and all else to api, which answers 404 and 405 itself", () => {
    const wanted = ROUTES.filter((route) => route.function === "accept").map(({ method, path }) => `${method} ${path}`);
    expect(wanted.length).toBeGreaterThan(0);
    expect(targets()).toEqual(
      Object.fromEntries([["$default", "Api"], ...wanted.map((routeKey) => [routeKey, "Accept"])]),
    );
  });

  it("lets callers in at the stage's rate, and tells the rest to come again", () => {
    api.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    });
  });

  it("logs each request, with nothing in the line that may be private", () => {
    const stages = Object.values(api.findResources("AWS::ApiGatewayV2::Stage"));
    expect(stages).toHaveLength(1);
    for (const { Properties } of stages) {
      const { DestinationArn, Format } = Properties.AccessLogSettings;
      expect(JSON.stringify(DestinationArn)).toContain("AccessLogs");
      expect(JSON.parse(Format)).toMatchObject({
        requestId: "$context.requestId",
        method: "$context.httpMethod",
        path: "$context.path",
        status: "$context.status",
      });
      expect(Format).not.toMatch(/header|authorization|querystring|body/i);
    }
  });
});

/** Which function answers each route key. */
function targets(): Record<string, string> {
  const integrations = api.findResources("AWS::ApiGatewayV2::Integration");
  return Object.fromEntries(
    Object.values(api.findResources("AWS::ApiGatewayV2::Route")).map(({ Properties }) => {
      const id = Object.keys(integrations).find((integration) =>
        JSON.stringify(Properties.Target).includes(integration),
      );
      const uri = JSON.stringify(integrations[id ?? ""]?.["Properties"].IntegrationUri);
      return [Properties.RouteKey, uri.includes("AcceptFunction") ? "Accept" : "Api"];
    }),
  );
}
