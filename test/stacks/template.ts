import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { inject } from "vitest";
import * as z from "zod";

export type StackName = "state" | "api" | "delivery" | "observability";
export const STACKS: readonly StackName[] = ["state", "api", "delivery", "observability"];

/** One stack's template from the shared synthesis. */
export function templateOf(stack: StackName, stage: "prod" | "local" = "prod"): Template {
  const file = join(inject("assemblies")[stage], `rappel-${stage}-${stack}.template.json`);
  return Template.fromJSON(JSON.parse(readFileSync(file, "utf8")));
}

const OneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Policy = z.object({
  Properties: z.object({
    Roles: z.array(z.object({ Ref: z.string() })),
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({ Effect: z.string(), Action: OneOrMany, Resource: z.unknown(), Condition: z.unknown().optional() }),
      ),
    }),
  }),
});

export interface Grant {
  readonly role: string;
  readonly actions: readonly string[];
  /** As in the template: an intrinsic function. */
  readonly resource: string;
}

/** What the roles of a stack may do. */
export function grantsOf(template: Template): Grant[] {
  return Object.values(template.findResources("AWS::IAM::Policy")).flatMap((policy) => {
    const { Roles, PolicyDocument } = Policy.parse(policy).Properties;
    return PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
      Roles.map(({ Ref }) => ({
        role: Ref.replace(/Role[0-9A-F]{8}$/, ""),
        actions: Action,
        resource: JSON.stringify(Resource),
      })),
    );
  });
}

/** What one role may do on whatever has `name` in its logical id. */
export function actionsOn(grants: readonly Grant[], role: string, name: RegExp): string[] {
  return grants
    .filter((grant) => grant.role === role && name.test(grant.resource))
    .flatMap(({ actions }) => actions)
    .sort();
}
