import * as z from "zod";
import { type EngineUrls, sdkEnvironment } from "../engines/aws-clients.ts";
import type { Assembly } from "../template/assembly.ts";
import { arnOf, nameOf } from "../template/names.ts";
import type { Resource, Resources } from "../template/template.ts";

const FunctionProperties = z.object({
  Handler: z.string(),
  Code: z.object({ S3Key: z.string() }),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()) }).default({ Variables: {} }),
});

/** A function of the templates, ready to run. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** Its name in Rappel's logs and metrics. */
  readonly label: string;
  /** Folder of the bundle. */
  readonly code: string;
  /** `file.export`, as in Lambda. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Environment variables by name that replace the templates' values. */
export type Overrides = Readonly<Record<string, string>>;

/**
 * The templates' functions, by ARN.
 * Functions of the CDK's custom resources are left out: they never run here.
 * @param hasOwnKeys whether each function signs with an access key named after it, which the usage meter needs
 * @throws {Error} if no function has a variable that is to be overridden
 */
export function readFunctions(
  assembly: Assembly,
  resources: Resources,
  urls: EngineUrls,
  { overrides = {}, hasOwnKeys = false }: { overrides?: Overrides; hasOwnKeys?: boolean } = {},
): Map<string, FunctionSpec> {
  const functions = resources.all.filter(({ type }) => type === "AWS::Lambda::Function");
  const specs = functions
    .map((resource) => readFunction(assembly, resources, urls, resource, hasOwnKeys))
    .filter((spec) => spec !== undefined);
  const unknown = Object.keys(overrides).find((name) => !specs.some(({ environment }) => name in environment));
  if (unknown !== undefined) throw new Error(`Cannot override ${unknown}: no function has it in its environment`);
  return new Map(specs.map((spec) => [spec.arn, overridden(spec, overrides)]));
}

function overridden(spec: FunctionSpec, overrides: Overrides): FunctionSpec {
  const entries = Object.entries(spec.environment);
  return {
    ...spec,
    environment: Object.fromEntries(entries.map(([name, value]) => [name, overrides[name] ?? value])),
  };
}

function readFunction(
  assembly: Assembly,
  { resolve }: Resources,
  urls: EngineUrls,
  resource: Resource,
  hasOwnKey: boolean,
) {
  const parsed = FunctionProperties.safeParse(resolve(resource.stack, resource.properties));
  if (!parsed.success) return undefined;
  const { Handler, Code, Timeout, MemorySize, Environment } = parsed.data;
  const name = nameOf(resource);
  const code = assembly.assets.get(Code.S3Key.replace(/\.zip$/, ""));
  if (!code) throw new Error(`Cannot find the bundle ${Code.S3Key} of ${name} in the assembly`);
  const label = Environment.Variables["POWERTOOLS_SERVICE_NAME"] ?? name;
  const spec: FunctionSpec = {
    name,
    label,
    arn: arnOf(resource),
    code,
    handler: Handler,
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
    environment: {
      ...sdkEnvironment(urls, hasOwnKey ? label : undefined),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: "local",
      LAMBDA_TASK_ROOT: code,
      _HANDLER: Handler,
      ...Environment.Variables,
    },
  };
  return spec;
}
