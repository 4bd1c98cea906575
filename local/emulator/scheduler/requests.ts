import * as z from "zod";

/** The API's requests. Limits and patterns are from AWS's API reference. Fields that are not listed here are ignored. */

const STATUS = {
  ValidationException: 400,
  UnknownOperationException: 404,
  ResourceNotFoundException: 404,
  ConflictException: 409,
} as const;

/** An error in AWS's format. */
export class Refusal extends Error {
  override readonly name: keyof typeof STATUS;

  constructor(name: keyof typeof STATUS, message: string) {
    super(message);
    this.name = name;
  }

  get status(): number {
    return STATUS[this.name];
  }
}

const Name = z
  .string()
  .max(64)
  .regex(/^[0-9a-zA-Z-_.]+$/);
const QueueArn = z
  .string()
  .regex(/^arn:aws:sqs:[^:]+:\d{12}:[\w-]{1,80}(\.fifo)?$/, "the local Scheduler supports only SQS targets");
const EpochSeconds = z.number();

export const Definition = z.object({
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default("UTC"),
  StartDate: EpochSeconds.optional(),
  EndDate: EpochSeconds.optional(),
  Description: z.string().max(512).optional(),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  ActionAfterCompletion: z.enum(["NONE", "DELETE"]).default("NONE"),
  FlexibleTimeWindow: z.discriminatedUnion("Mode", [
    z.object({ Mode: z.literal("OFF") }),
    z.object({ Mode: z.literal("FLEXIBLE"), MaximumWindowInMinutes: z.int().min(1).max(1_440) }),
  ]),
  Target: z.object({
    Arn: QueueArn,
    RoleArn: z.string().regex(/^arn:aws:iam::\d{12}:role\/./),
    Input: z.string().min(1).optional(),
    SqsParameters: z.object({ MessageGroupId: z.string().min(1).max(128).optional() }).optional(),
    DeadLetterConfig: z.object({ Arn: QueueArn.optional() }).optional(),
    RetryPolicy: z
      .object({
        MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
        MaximumRetryAttempts: z.int().min(0).max(185).default(185),
      })
      .prefault({}),
  }),
});
export type Definition = z.infer<typeof Definition>;

const inAnyGroup = { GroupName: Name.default("default") };
const page = { NamePrefix: Name.optional(), MaxResults: z.coerce.number().int().min(1).max(100).default(100) };

export const PutSchedule = z.object({ Name, ...inAnyGroup, ...Definition.shape });
export const OneSchedule = z.object({ Name, groupName: Name.default("default") });
export const OneGroup = z.object({ Name });
export const ListSchedules = z.object({
  ...page,
  ScheduleGroup: Name.optional(),
  State: z.enum(["ENABLED", "DISABLED"]).optional(),
  NextToken: z.string().optional(),
});
export const ListGroups = z.object({ ...page, NextToken: z.string().optional() });

/** @throws {Refusal} that names the first invalid field */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new Refusal("ValidationException", `Value at '${issue?.path.join(".")}' is invalid: ${issue?.message}`);
}

const Position = z.tuple([z.string(), z.string()]);

export function encodeToken(group: string, name: string): string {
  return Buffer.from(JSON.stringify([group, name])).toString("base64url");
}

/** The group and name at the end of the previous page. */
export function decodeToken(token: string | undefined): [group: string, name: string] {
  if (token === undefined) return ["", ""];
  try {
    return Position.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  } catch {
    throw new Refusal("ValidationException", "Invalid NextToken.");
  }
}
