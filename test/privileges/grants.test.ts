import { beforeAll, describe, expect, it } from "vitest";
import { type Assembly, readAssembly } from "../../local/emulator/template/assembly.ts";
import { synthesize } from "../../local/emulator/template/synth.ts";
import type { RecordedCall } from "../../local/emulator/usage-meter/recorded-calls.ts";
import { findings } from "./evaluate-policy.ts";
import { readRoles } from "./grants.ts";

type Properties = Readonly<Record<string, unknown>>;

let assembly: Assembly;
let calls: RecordedCall[];
beforeAll(async () => {
  assembly = readAssembly(await synthesize());
  // As if each role made every call that it may make, so that every additional grant is a finding.
  calls = readRoles(assembly).grants.map(({ role, action, resource, equals }) => ({
    by: role,
    action,
    resource,
    context: equals,
  }));
}, 300_000);

/** Findings about templates. Empty if they grant and allow the same as the deployed ones. */
function findingsIn(templates: Assembly): string[] {
  const { grants, resourcePolicies } = readRoles(templates);
  return [...findings(calls, grants, []), ...resourcePolicies];
}

/** The templates with changed properties of one resource, or with an additional resource. */
function withResource(type: string, name: string, more: Properties): Assembly {
  for (const [stack, template] of assembly.templates) {
    const [id, present] =
      Object.entries(template.Resources).find(([key, { Type }]) => Type === type && key.startsWith(name)) ?? [];
    if (id !== undefined && present !== undefined)
      return added(stack, id, { Type: type, Properties: { ...present.Properties, ...more } });
  }
  return added("rappel-local-delivery", name, { Type: type, Properties: { ...more } });
}

function added(stack: string, id: string, resource: { Type: string; Properties: Record<string, unknown> }): Assembly {
  const template = assembly.templates.get(stack);
  if (template === undefined) throw new Error(`There is no stack ${stack}`);
  const changed = { ...template, Resources: { ...template.Resources, [id]: resource } };
  return { ...assembly, templates: new Map([...assembly.templates, [stack, changed]]) };
}

const document = (...Statement: Properties[]) => ({ Version: "2012-10-17", Statement });
const assumeRole = document({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Resource: "arn:aws:iam::999999999999:role/x",
});
const allow = (Principal: unknown, more: Properties = {}) =>
  document({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*", Principal, ...more });
const invoke = { Action: "lambda:InvokeFunction", FunctionName: "accept" };
const OTHER_ACCOUNT = "arn:aws:iam::999999999999:root";
const HERE = { Ref: "AWS::AccountId" };
const SNS = { Service: "sns.amazonaws.com" };

describe("the templates", () => {
  it("the roles' own policies are the only grants, and only AWS services and the account are allowed in", () => {
    expect(calls.length).toBeGreaterThan(40);
    expect(findingsIn(assembly)).toEqual([]);
  });
});

describe("the permissions of a role", () => {
  it("inline policies of a role count as grants", () => {
    for (const role of ["SweepRole", "AcceptRole", "WakeUpsSchedulerRole"]) {
      const changed = withResource("AWS::IAM::Role", role, {
        Policies: [{ PolicyName: "more", PolicyDocument: assumeRole }],
      });
      expect(findingsIn(changed), role).toEqual([
        expect.stringMatching(/ may sts:AssumeRole on arn:aws:iam::999999999999:role\/x: no recorded call needs it$/),
      ]);
    }
  });

  it.each([
    [
      "a managed policy of AWS",
      "AWS::IAM::Role",
      "SweepRole",
      { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
    ],
    [
      "a managed policy of the stack",
      "AWS::IAM::ManagedPolicy",
      "Managed",
      { PolicyDocument: assumeRole, Roles: [{ Ref: "SweepRole" }] },
    ],
    [
      "a separate inline policy",
      "AWS::IAM::RolePolicy",
      "Apart",
      { RoleName: { Ref: "SweepRole" }, PolicyName: "more", PolicyDocument: assumeRole },
    ],
    ["a user", "AWS::IAM::User", "User", {}],
  ])("a role that is widened by %s is found", (_, type, name, more) => {
    expect(findingsIn(withResource(type, name, more))).toHaveLength(1);
  });

  it("a PermissionsBoundary or a NotAction is refused, because it is not evaluated", () => {
    const bounded = withResource("AWS::IAM::Role", "SweepRole", { PermissionsBoundary: "arn:aws:iam::aws:policy/x" });
    expect(() => findingsIn(bounded)).toThrow(/PermissionsBoundary/);
    const inverted = document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" });
    const all = withResource("AWS::IAM::Role", "SweepRole", {
      Policies: [{ PolicyName: "all", PolicyDocument: inverted }],
    });
    expect(() => findingsIn(all)).toThrow(/NotAction/);
  });

  it("only services may assume a role", () => {
    const trusts = (Principal: unknown, Action = "sts:AssumeRole") => ({
      AssumeRolePolicyDocument: document({ Effect: "Allow", Action, Principal }),
    });
    const bySns = trusts(SNS); // without aws:SourceAccount
    for (const trust of [
      trusts("*"),
      trusts({ AWS: OTHER_ACCOUNT }),
      trusts({ AWS: HERE }),
      trusts({ Federated: "x" }),
      bySns,
    ])
      expect(findingsIn(withResource("AWS::IAM::Role", "SweepRole", trust)), JSON.stringify(trust)).toHaveLength(1);
  });
});

describe("resource policies", () => {
  const places: [string, (policy: Properties) => Assembly][] = [
    ["a queue", (policy) => withResource("AWS::SQS::QueuePolicy", "EventsQueuePolicy", { PolicyDocument: policy })],
    ["the sealing key", (policy) => withResource("AWS::KMS::Key", "SealingKey", { KeyPolicy: policy })],
    [
      "the alarms' topic",
      (policy) => withResource("AWS::SNS::TopicPolicy", "AlarmsPolicy", { PolicyDocument: policy }),
    ],
    [
      "the table",
      (policy) =>
        withResource("AWS::DynamoDB::GlobalTable", "Table", {
          Replicas: [{ ResourcePolicy: { PolicyDocument: policy } }],
        }),
    ],
  ];

  it.each(places)("a policy of %s may allow the account itself and services that act for it", (_, put) => {
    const forUs = { Condition: { StringEquals: { "aws:SourceAccount": HERE } } };
    expect(findingsIn(put(allow({ AWS: HERE })))).toEqual([]);
    expect(findingsIn(put(allow(SNS, forUs)))).toEqual([]);
  });

  it.each(places)("a policy of %s may allow no other account, and no role of ours directly", (_, put) => {
    const ourRole = { AWS: { "Fn::Sub": "arn:aws:iam::$" + "{AWS::AccountId}:role/x" } };
    const otherAccount = { Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } };
    const forbidden = [
      allow("*"),
      allow({ AWS: ["*"] }),
      allow({ AWS: OTHER_ACCOUNT }),
      allow(ourRole),
      allow({ Federated: "x" }),
    ];
    const inverted = allow(undefined, { NotPrincipal: { AWS: OTHER_ACCOUNT } });
    for (const policy of [...forbidden, allow(SNS), allow(SNS, otherAccount), inverted])
      expect(findingsIn(put(policy)), JSON.stringify(policy)).toHaveLength(1);
  });

  it("only API Gateway may invoke a function, for our API and only with a source", () => {
    const gateway = "apigateway.amazonaws.com";
    const ourApi = { "Fn::Sub": "arn:aws:execute-api:eu-west-3:$" + "{AWS::AccountId}:api/*" };
    const put = (more: Properties) => withResource("AWS::Lambda::Permission", "More", { ...invoke, ...more });
    expect(findingsIn(put({ Principal: gateway, SourceArn: ourApi }))).toEqual([]);
    expect(findingsIn(put({ Principal: gateway, SourceAccount: HERE }))).toEqual([]);
    for (const more of [
      { Principal: "*" },
      { Principal: "999999999999" },
      { Principal: gateway },
      { Principal: gateway, SourceArn: "arn:aws:execute-api:eu-west-3:999999999999:api/*" },
      { Principal: gateway, SourceArn: ourApi, Action: "lambda:*" },
    ])
      expect(findingsIn(put(more)), JSON.stringify(more)).toHaveLength(1);
    expect(() => findingsIn(put({ Principal: "*", FunctionUrlAuthType: "NONE" }))).toThrow(/FunctionUrlAuthType/);
  });

  it.each([
    "AWS::Lambda::Url",
    "AWS::Logs::ResourcePolicy",
    "AWS::SQS::QueueInlinePolicy",
    "AWS::Lambda::LayerVersionPermission",
  ])("a resource of type %s is a finding, because its policy is not evaluated", (type) => {
    expect(findingsIn(withResource(type, "More", {}))).toHaveLength(1);
  });
});
