import * as z from "zod";
import { LOCAL } from "../../local/emulator/engines/aws-clients.ts";
import type { Resource, Resources } from "../../local/emulator/template/template.ts";

const OneOrMany = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const Statement = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Action: OneOrMany.default([]),
  // Absent with NotPrincipal, which allows everyone except those named.
  Principal: z
    .union([z.string().transform((text) => ({ AWS: [text] })), z.record(z.string(), OneOrMany)])
    .default({ AWS: ["everyone except those named"] }),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
const Document = z.object({
  Statement: z.union([z.array(Statement), Statement.transform((statement) => [statement])]),
});
// Strict, so that no other property that allows callers is overlooked.
const Permission = z.strictObject({
  Action: z.string(),
  FunctionName: z.unknown(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});
const Role = z.object({ AssumeRolePolicyDocument: z.unknown(), ManagedPolicyArns: z.array(z.string()).default([]) });

/** Types that grant access and are evaluated, here or as a role's grants. All other types that grant access are findings. */
const EVALUATED = [
  "AWS::IAM::Policy",
  "AWS::IAM::Role",
  "AWS::Lambda::Permission",
  "AWS::SQS::QueuePolicy",
  "AWS::SNS::TopicPolicy",
];
const GRANTS_ACCESS = /^AWS::IAM::|Policy$|Permission$|Grant$|^AWS::Lambda::Url$/;

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com$/;
const ROOT = `arn:aws:iam::${LOCAL.account}:root`;
const OWN_ARN = new RegExp(`^arn:aws:[\\w-]+:[\\w-]*:${LOCAL.account}:`);

/**
 * Findings about resource policies that allow more than the roles' own policies. Allowed are AWS services on behalf of this
 * account, and the account itself, whose roles need grants anyway. Not allowed are roles of the templates, because
 * that would be a grant which is not among their policies.
 */
export function resourcePoliciesOf(resources: Resources): string[] {
  return resources.all.flatMap((resource) => {
    const { id, type, stack, properties } = resource;
    if (type === "AWS::Lambda::Permission") return findingsInPermission(resource, resources);
    if (type === "AWS::IAM::Role") return findingsInRole(resource, resources);
    if (type === "AWS::IAM::Policy") return [];
    if (GRANTS_ACCESS.test(type) && !EVALUATED.includes(type))
      return [`${id} is a ${type}: its grants are not evaluated here`];
    return documentsIn(properties).flatMap((document) =>
      notAllowed(resources.resolve(stack, document), isOwn).map((who) => `${id} allows ${who}`),
    );
  });
}

function findingsInRole({ id, stack, properties }: Resource, { resolve }: Resources): string[] {
  const { AssumeRolePolicyDocument, ManagedPolicyArns } = Role.parse(resolve(stack, properties));
  return [
    ...notAllowed(AssumeRolePolicyDocument, isTrusted).map((who) => `${id} can be assumed by ${who}`),
    ...ManagedPolicyArns.map((arn) => `${id} has ${arn}: its grants are not in the templates`),
  ];
}

function findingsInPermission({ id, stack, properties }: Resource, { resolve }: Resources): string[] {
  const { Action, Principal, SourceArn = "", SourceAccount } = Permission.parse(resolve(stack, properties));
  const isOurs = SourceAccount === LOCAL.account || OWN_ARN.test(SourceArn);
  const isAllowed = [ROOT, LOCAL.account].includes(Principal) || (SERVICE.test(Principal) && isOurs);
  return [
    ...(isAllowed ? [] : [`${id} allows ${Principal}`]),
    ...(Action === "lambda:InvokeFunction" ? [] : [`${id} allows ${Action}, which is more than lambda:InvokeFunction`]),
  ];
}

type Statement = z.infer<typeof Statement>;
type IsAllowed = (kind: string, who: string, statement: Statement) => boolean;

/** The principals that a policy allows although they may not have access. */
function notAllowed(document: unknown, isAllowed: IsAllowed): string[] {
  return Document.parse(document)
    .Statement.filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) =>
      Object.entries(statement.Principal).flatMap(([kind, names]) =>
        names.filter((who) => !isAllowed(kind, who, statement)).map((who) => `${kind} ${who}`),
      ),
    );
}

/** A service must act for this account, or any account's topic, rule or API could use it (AWS: "the confused deputy problem"). */
const isOwn: IsAllowed = (kind, who, { Condition }) =>
  kind === "Service"
    ? SERVICE.test(who) && Condition["StringEquals"]?.["aws:SourceAccount"] === LOCAL.account
    : kind === "AWS" && [ROOT, LOCAL.account].includes(who);

/** Only services may assume a role. Lambda needs no source, because only this account can give the role to a function. */
const isTrusted: IsAllowed = (kind, who, statement) =>
  kind === "Service" &&
  statement.Action.every((action) => action === "sts:AssumeRole") &&
  (who === "lambda.amazonaws.com" || isOwn(kind, who, statement));

/** All policy documents in a resource, at any depth. */
function documentsIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return "Statement" in value ? [value] : Object.values(value).flatMap(documentsIn);
}
