import { fileURLToPath } from "node:url";
import { App, Tags, Validations } from "aws-cdk-lib/core";
import { FunctionCode } from "./constructs/function-code.ts";
import { outputRetainedResources } from "./constructs/retained-resources.ts";
import { readSettings, type Settings } from "./settings.ts";
import { ApiStack } from "./stacks/api-stack.ts";
import { DeliveryStack } from "./stacks/delivery-stack.ts";
import { ObservabilityStack } from "./stacks/observability-stack.ts";
import { StateStack } from "./stacks/state-stack.ts";

export interface AppProps {
  /** cdk.json's `context`: feature flags and stages. `-c` on the command line overrides it. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Default: `-c stage=…`, else `dev`. */
  readonly stage?: string;
  /** Output folder of the cloud assembly. Default: the CDK command's, else a temporary folder. */
  readonly outdir?: string;
  /** The folder of the functions' entry files. Default: `lambdas/`. */
  readonly lambdasDir?: string;
}

/**
 * Builds the app without synthesising it: call `synth()` on it, which throws on any finding of cdk-nag or of
 * CloudFormation's schemas and rules. Stage `local` is never deployed and must start fast, so it skips these checks: loading
 * cdk-nag and the schemas takes longer than everything else.
 * @throws {Error} if the stage's settings are invalid, or a function cannot be bundled
 */
export async function buildApp({ context, stage, outdir, lambdasDir }: AppProps): Promise<App> {
  const app = new App({
    context: { ...context },
    builtinCloudFormationValidation: stage !== "local",
    ...(outdir === undefined ? {} : { outdir }),
  });
  const settings = readSettings(
    app.node.tryGetContext("stages"),
    String(stage ?? app.node.tryGetContext("stage") ?? "dev"),
  );
  if (settings.stage !== "local") {
    const { AwsSolutionsChecks } = await import("cdk-nag");
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  }

  const code = new FunctionCode();
  try {
    code.bundle(lambdasDir ?? fileURLToPath(new URL("../lambdas/", import.meta.url)));
    code.bundleConsole(fileURLToPath(new URL("../console/", import.meta.url)), settings.consoleBranding);
    buildStacks(app, settings, code);
  } finally {
    code.remove();
  }
  for (const [name, value] of Object.entries({ ...settings.tags, "rappel:stage": settings.stage })) {
    Tags.of(app).add(name, value);
  }
  return app;
}

function buildStacks(app: App, settings: Settings, code: FunctionCode): void {
  const { account, region } = settings;
  const env = { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
  const name = (part: string) => `rappel-${settings.stage}-${part}`;

  const state = new StateStack(app, name("state"), { env, settings, description: "Rappel: table and queues" });
  const api = new ApiStack(app, name("api"), {
    env,
    settings,
    code,
    state: state.state,
    description: "Rappel: HTTP API",
  });
  const delivery = new DeliveryStack(app, name("delivery"), {
    env,
    settings,
    code,
    state: state.state,
    description: "Rappel: deliveries to endpoints",
  });
  // Before a function spreads events among more shards, all that read them must know.
  api.addStackDependency(delivery);
  new ObservabilityStack(app, name("observability"), {
    env,
    settings,
    state,
    api,
    delivery,
    description: "Rappel: dashboards, alarms and next commands",
  });
  for (const stack of [state, api, delivery]) outputRetainedResources(stack);
}
