import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { inject } from "vitest";
import * as z from "zod";

export type StackName = "state" | "api" | "delivery" | "observability";
export const STACKS: readonly StackName[] = ["state", "api", "delivery", "observability"];

/** A stack's template from the shared synthesis. */
export function templateOf(stack: StackName, stage: "prod" | "local" = "prod"): Template {
  const file = join(inject("assemblies")[stage], `rappel-${stage}-${stack}.template.json`);
  return Template.fromJSON(JSON.parse(readFileSync(file, "utf8")));
}

const OneOrMany = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
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
  /** An intrinsic function, as in the template. */
  readonly resource: string;
}

/** The grants of a stack's roles. */
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

/** The actions of one role on resources whose logical id contains `name`. */
export function actionsOn(grants: readonly Grant[], role: string, name: RegExp): string[] {
  return grants
    .filter((grant) => grant.role === role && name.test(grant.resource))
    .flatMap(({ actions }) => actions)
    .sort();
}
