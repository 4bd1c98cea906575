import * as z from "zod";
import type { Assembly } from "../../local/emulator/template/assembly.ts";
import { arnOf, localAttributes, nameOf } from "../../local/emulator/template/names.ts";
import { type Resource, type Resources, readResources } from "../../local/emulator/template/template.ts";
import { readEventSources } from "../../local/emulator/triggers/event-sources.ts";
import { resourcePoliciesOf } from "./resource-policies.ts";

/** One action that one role may do to one resource. */
export interface Grant {
  /** A function's service name, or the name of the Scheduler's role. */
  readonly role: string;
  readonly action: string;
  /** An ARN, possibly with wildcards. */
  readonly resource: string;
  /** `StringEquals`, the only condition that the templates use. */
  readonly equals: Readonly<Record<string, string>>;
}

/** The roles of the templates, their grants, and the services that use them. */
export interface Roles {
  readonly grants: readonly Grant[];
  /** Resource policies that allow more than these grants, in words. Empty if there are none. */
  readonly resourcePolicies: readonly string[];
  /** The names of all roles. */
  readonly names: readonly string[];
  /** The role in which Lambda polls a queue, by the queue's ARN. */
  readonly pollers: ReadonlyMap<string, string>;
  /** The templates' own schedules by name, with the role and the function of each. */
  readonly schedules: ReadonlyMap<string, { readonly role: string; readonly target: string }>;
  /** Role names by ARN. */
  readonly byArn: ReadonlyMap<string, string>;
}

const OneOrMany = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
// Strict, because Deny, NotAction and other conditions are not evaluated here.
const Statement = z.strictObject({
  Effect: z.literal("Allow"),
  Action: OneOrMany,
  Resource: OneOrMany,
  Condition: z.strictObject({ StringEquals: z.record(z.string(), z.string()) }).optional(),
});
const PolicyDocument = z.object({ Statement: z.array(Statement) });
// Strict, because users and groups would get grants too.
const Policy = z.strictObject({ PolicyName: z.string(), Roles: z.array(z.string()), PolicyDocument });
// Strict, because a boundary would remove grants. Trust policies and managed policies are checked as resource policies.
const Role = z.strictObject({
  AssumeRolePolicyDocument: z.unknown(),
  ManagedPolicyArns: z.unknown().optional(),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument })).default([]),
  Description: z.unknown().optional(),
  Tags: z.unknown().optional(),
});
const Fn = z.object({
  Role: z.string(),
  Environment: z.object({ Variables: z.looseObject({ POWERTOOLS_SERVICE_NAME: z.string().optional() }) }).optional(),
});
const Schedule = z.object({ Target: z.object({ Arn: z.string(), RoleArn: z.string() }) });

export function readRoles(assembly: Assembly): Roles {
  const resources = readResources(assembly, localAttributes("http://sqs", "http://api"));
  const of = (type: string) => resources.all.filter((resource) => resource.type === type);
  const functions = of("AWS::Lambda::Function").map((resource) => ({
    resource,
    ...Fn.parse(properties(resources, resource)),
  }));
  const serviceOf = new Map(
    functions.map(({ Role, Environment, resource }) => [
      Role,
      Environment?.Variables.POWERTOOLS_SERVICE_NAME ?? nameOf(resource),
    ]),
  );
  const byArn = new Map(
    of("AWS::IAM::Role").map((role) => [arnOf(role), serviceOf.get(arnOf(role)) ?? shortName(role)]),
  );
  const byName = new Map(of("AWS::IAM::Role").map((role) => [nameOf(role), byArn.get(arnOf(role)) ?? ""]));
  const roleOf = (arn: string) => byArn.get(arn) ?? `not a role of the templates: ${arn}`;
  return {
    byArn,
    names: [...byArn.values()],
    grants: [
      ...of("AWS::IAM::Policy").flatMap((policy) => {
        const { Roles: roles, PolicyDocument: document } = Policy.parse(properties(resources, policy));
        return roles.flatMap((name) => grantsOf(byName.get(name) ?? name, document.Statement));
      }),
      ...of("AWS::IAM::Role").flatMap((role) =>
        Role.parse(properties(resources, role)).Policies.flatMap(({ PolicyDocument: document }) =>
          grantsOf(roleOf(arnOf(role)), document.Statement),
        ),
      ),
    ],
    resourcePolicies: resourcePoliciesOf(resources),
    pollers: new Map(
      readEventSources(resources).map(({ queueArn, functionArn }) => {
        const fn = functions.find(({ resource }) => arnOf(resource) === functionArn);
        return [queueArn, roleOf(fn?.Role ?? "")];
      }),
    ),
    schedules: new Map(
      of("AWS::Scheduler::Schedule").map((schedule) => {
        const { Target } = Schedule.parse(properties(resources, schedule));
        return [nameOf(schedule), { role: roleOf(Target.RoleArn), target: Target.Arn }];
      }),
    ),
  };
}

/** One grant for each action and resource of a role's statements. */
function grantsOf(role: string, statements: readonly z.infer<typeof Statement>[]): Grant[] {
  return statements.flatMap(({ Action, Resource, Condition }) =>
    Action.flatMap((action) =>
      Resource.map((resource) => ({ role, action, resource, equals: Condition?.StringEquals ?? {} })),
    ),
  );
}

function properties({ resolve }: Resources, { stack, properties: raw }: Resource): unknown {
  return resolve(stack, raw);
}

/** The logical id without the hash that the CDK appends. */
function shortName({ id }: Resource): string {
  return id.replace(/[0-9A-F]{8}$/, "");
}
