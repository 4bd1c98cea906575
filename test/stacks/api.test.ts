import { describe, expect, it } from "vitest";
import { ROUTES } from "../../lambdas/http/routes.ts";
import { templateOf } from "./template.ts";

const api = templateOf("api");

describe("the HTTP API", () => {
  it("the routes of accept go to accept, the console's to console, and $default goes to api", () => {
    const wanted = ROUTES.filter((route) => route.function === "accept").map(({ method, path }) => `${method} ${path}`);
    expect(wanted.length).toBeGreaterThan(0);
    expect(targets()).toEqual(
      Object.fromEntries([
        ["$default", "Api"],
        ["GET /console", "Console"],
        ["GET /console/{path+}", "Console"],
        ...wanted.map((routeKey) => [routeKey, "Accept"]),
      ]),
    );
  });

  it("callers are throttled at the stage's rate", () => {
    api.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    });
  });

  it("the access log has one line per request without private data", () => {
    const stages = Object.values(api.findResources("AWS::ApiGatewayV2::Stage"));
    expect(stages).toHaveLength(1);
    for (const { Properties } of stages) {
      const { DestinationArn, Format } = Properties.AccessLogSettings;
      expect(JSON.stringify(DestinationArn)).toContain("AccessLogs");
      // Its name is outside the resource policy that all logs share, and another in each creation of the stack.
      api.hasResourceProperties("AWS::Logs::LogGroup", {
        LogGroupName: {
          "Fn::Join": [
            "",
            [
              "/aws/vendedlogs/apis/rappel-prod-api/",
              { "Fn::Select": [2, { "Fn::Split": ["/", { Ref: "AWS::StackId" }] }] },
            ],
          ],
        },
      });
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

/** The function of each route key. */
function targets(): Record<string, string> {
  const integrations = api.findResources("AWS::ApiGatewayV2::Integration");
  return Object.fromEntries(
    Object.values(api.findResources("AWS::ApiGatewayV2::Route")).map(({ Properties }) => {
      const id = Object.keys(integrations).find((integration) =>
        JSON.stringify(Properties.Target).includes(integration),
      );
      const uri = JSON.stringify(integrations[id ?? ""]?.["Properties"].IntegrationUri);
      return [Properties.RouteKey, /(Accept|Api|Console)Function/.exec(uri)?.[1]];
    }),
  );
}
