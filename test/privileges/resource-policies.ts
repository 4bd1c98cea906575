import * as z from "zod";
import { LOCAL } from "../../local/emulator/engines/aws-clients.ts";
import type { Resource, Resources } from "../../local/emulator/template/template.ts";

const OneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Statement = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Action: OneOrMany.default([]),
  // Absent beside a NotPrincipal, which lets in whoever is not named.
  Principal: z
    .union([z.string().transform((one) => ({ AWS: [one] })), z.record(z.string(), OneOrMany)])
    .default({ AWS: ["whoever is not named"] }),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
const Document = z.object({ Statement: z.union([z.array(Statement), Statement.transform((one) => [one])]) });
// Strict: what else says who may call a function must not be passed over.
const Permission = z.strictObject({
  Action: z.string(),
  FunctionName: z.unknown(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});
const Role = z.object({ AssumeRolePolicyDocument: z.unknown(), ManagedPolicyArns: z.array(z.string()).default([]) });

/** Types that say who may do what, and that are read: here, or as a role's grants. All others of the kind are findings. */
const READ = [
  "AWS::IAM::Policy",
  "AWS::IAM::Role",
  "AWS::Lambda::Permission",
  "AWS::SQS::QueuePolicy",
  "AWS::SNS::TopicPolicy",
];
const SAYS_WHO_MAY = /^AWS::IAM::|Policy$|Permission$|Grant$|^AWS::Lambda::Url$/;

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com$/;
const ROOT = `arn:aws:iam::${LOCAL.account}:root`;
const OWN_ARN = new RegExp(`^arn:aws:[\\w-]+:[\\w-]*:${LOCAL.account}:`);

/**
 * What opens a way past the roles' own policies: nothing, if grants tell the whole of it. AWS services may come in on behalf
 * of this account, and the account itself, which then decides by its roles' policies again. A role of ours may not: it
 * would be granted something that is not among its grants.
 */
export function resourcePoliciesOf(resources: Resources): string[] {
  return resources.all.flatMap((resource) => {
    const { id, type, stack, properties } = resource;
    if (type === "AWS::Lambda::Permission") return openedByPermission(resource, resources);
    if (type === "AWS::IAM::Role") return openedByRole(resource, resources);
    if (type === "AWS::IAM::Policy") return [];
    if (SAYS_WHO_MAY.test(type) && !READ.includes(type)) return [`${id} is a ${type}: what it allows is not read here`];
    return documentsIn(properties).flatMap((document) =>
      strangers(resources.resolve(stack, document), isOwn).map((who) => `${id} lets in ${who}`),
    );
  });
}

function openedByRole({ id, stack, properties }: Resource, { resolve }: Resources): string[] {
  const { AssumeRolePolicyDocument, ManagedPolicyArns } = Role.parse(resolve(stack, properties));
  return [
    ...strangers(AssumeRolePolicyDocument, isTrusted).map((who) => `${id} can be taken by ${who}`),
    ...ManagedPolicyArns.map((arn) => `${id} has ${arn}: what that allows is not written in the templates`),
  ];
}

function openedByPermission({ id, stack, properties }: Resource, { resolve }: Resources): string[] {
  const { Action, Principal, SourceArn = "", SourceAccount } = Permission.parse(resolve(stack, properties));
  const isOurs = SourceAccount === LOCAL.account || OWN_ARN.test(SourceArn);
  const isLetIn = [ROOT, LOCAL.account].includes(Principal) || (SERVICE.test(Principal) && isOurs);
  return [
    ...(isLetIn ? [] : [`${id} lets in ${Principal}`]),
    ...(Action === "lambda:InvokeFunction" ? [] : [`${id} allows ${Action}, more than to invoke`]),
  ];
}

type Statement = z.infer<typeof Statement>;
type IsLetIn = (kind: string, who: string, statement: Statement) => boolean;

/** Whom a policy of a resource allows something though they should not be let in. */
function strangers(document: unknown, isLetIn: IsLetIn): string[] {
  return Document.parse(document)
    .Statement.filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) =>
      Object.entries(statement.Principal).flatMap(([kind, names]) =>
        names.filter((who) => !isLetIn(kind, who, statement)).map((who) => `${kind} ${who}`),
      ),
    );
}

/** A service must say for whom it comes, or anybody's topic, rule or API would do (AWS: "the confused deputy problem"). */
const isOwn: IsLetIn = (kind, who, { Condition }) =>
  kind === "Service"
    ? SERVICE.test(who) && Condition["StringEquals"]?.["aws:SourceAccount"] === LOCAL.account
    : kind === "AWS" && [ROOT, LOCAL.account].includes(who);

/** A role is for a service alone. Lambda says for nobody whom it comes: only this account can give a function the role. */
const isTrusted: IsLetIn = (kind, who, statement) =>
  kind === "Service" &&
  statement.Action.every((action) => action === "sts:AssumeRole") &&
  (who === "lambda.amazonaws.com" || isOwn(kind, who, statement));

/** All policy documents in a resource, wherever its type has them. */
function documentsIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return "Statement" in value ? [value] : Object.values(value).flatMap(documentsIn);
}
