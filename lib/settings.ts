import * as z from "zod";
import { ENOUGH_CONCURRENCY, explainIssue, isTrueOrFalse, matching, SERVICE_FIELDS } from "./service-settings.ts";

/** One stage's settings, as `context.stages.<stage>` in cdk.json holds them. */
const StageSettings = z
  .strictObject({
    /** The stage's name; part of each stack's name. */
    stage: matching(/^[a-z][a-z0-9-]{0,15}$/, "1 to 16 of a-z, 0-9 and -, a letter first"),
    /** Default for both: the AWS profile used by `cdk deploy`. */
    account: matching(/^\d{12}$/, "12 digits in quotes").optional(),
    region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-west-3").optional(),
    ...SERVICE_FIELDS,
    /** A custom domain for the API, and its ACM certificate in the same region. You create the DNS record. */
    domain: z
      .strictObject(
        {
          name: matching(
            /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
            "a host name such as hooks.example.com",
          ),
          certificateArn: matching(
            /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
            "the ARN of a certificate in ACM",
          ),
        },
        { error: "an object with name and certificateArn" },
      )
      .optional(),
    /**
     * Whether CloudFormation refuses to delete the state stack. The CDK turns it on before a stack is created, and a first
     * creation that failed could then not be repeated: so it is off by default, for the first deployment.
     */
    terminationProtection: isTrueOrFalse.default(false),
    tags: z
      .record(
        z.string().min(1).max(128),
        z
          .string({ error: "a string of at most 256 characters" })
          .max(256, { error: "a string of at most 256 characters" }),
        { error: "an object of tag names and values" },
      )
      .default({}),
  })
  .refine(({ stage, allowLoopback }) => !allowLoopback || stage === "local", {
    path: ["allowLoopback"],
    error: "false: only stage local may deliver to loopback",
  })
  .refine(ENOUGH_CONCURRENCY.check, ENOUGH_CONCURRENCY.problem);

export type Settings = z.output<typeof StageSettings>;
/** The names of all settings except `stage`, which is the key in cdk.json. */
export const SETTINGS: readonly string[] = Object.keys(StageSettings.shape).filter((name) => name !== "stage");

const Stages = z.record(z.string(), z.record(z.string(), z.unknown()));

/**
 * The settings of one stage.
 * @param stages cdk.json's `context.stages`
 * @throws {Error} naming each invalid setting: where it is, the value, what is allowed
 */
export function readSettings(stages: unknown, stage: string): Settings {
  const known = Stages.safeParse(stages);
  if (!known.success)
    throw new Error("Cannot read cdk.json: context.stages must be an object with one object per stage");
  const found = Object.hasOwn(known.data, stage) ? known.data[stage] : undefined;
  if (found === undefined) {
    throw new Error(
      `Cannot find stage "${stage}" in cdk.json, context.stages. It has: ${Object.keys(known.data).join(", ")}`,
    );
  }
  const parsed = StageSettings.safeParse({ ...found, stage });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${explainIssue(issue, found)}`);
  throw new Error(`Cannot use cdk.json, context.stages.${stage}:\n${lines.join("\n")}`);
}
