import { beforeAll, describe, expect, it } from "vitest";
import { type Assembly, readAssembly } from "../../local/emulator/template/assembly.ts";
import { synthesize } from "../../local/emulator/template/synth.ts";
import type { RecordedCalls } from "../../local/emulator/usage-meter/recorded-calls.ts";
import { findings } from "./evaluate-policy.ts";
import { readRoles } from "./grants.ts";

type Properties = Readonly<Record<string, unknown>>;

let assembly: Assembly;
let asked: RecordedCalls[];
beforeAll(async () => {
  assembly = readAssembly(await synthesize());
  // As if each role did all that it may: then whatever is granted beyond it is one too many.
  asked = readRoles(assembly).grants.map(({ role, action, resource, equals }) => ({
    by: role,
    action,
    resource,
    context: equals,
  }));
}, 300_000);

/** What speaks against the templates: nothing, if they grant and open just what they do now. */
function complaints(templates: Assembly): string[] {
  const { grants, openings } = readRoles(templates);
  return [...findings(asked, grants, []), ...openings];
}

/** The templates with other properties of one resource, or with one more of them. */
function withResource(type: string, name: string, more: Properties): Assembly {
  for (const [stack, template] of assembly.templates) {
    const [id, there] =
      Object.entries(template.Resources).find(([key, { Type }]) => Type === type && key.startsWith(name)) ?? [];
    if (id !== undefined && there !== undefined)
      return added(stack, id, { Type: type, Properties: { ...there.Properties, ...more } });
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
const lets = (Principal: unknown, more: Properties = {}) =>
  document({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*", Principal, ...more });
const invoke = { Action: "lambda:InvokeFunction", FunctionName: "accept" };
const OTHERS = "arn:aws:iam::999999999999:root";
const HERE = { Ref: "AWS::AccountId" };
const SNS = { Service: "sns.amazonaws.com" };

describe("the templates as they are", () => {
  it("grant by the roles' own policies alone, and let in nobody but AWS services and the account", () => {
    expect(asked.length).toBeGreaterThan(40);
    expect(complaints(assembly)).toEqual([]);
  });
});

describe("what a role may do", () => {
  it("is read from its inline policies too", () => {
    for (const role of ["SweepRole", "AcceptRole", "WakeUpsSchedulerRole"]) {
      const changed = withResource("AWS::IAM::Role", role, {
        Policies: [{ PolicyName: "more", PolicyDocument: assumeRole }],
      });
      expect(complaints(changed), role).toEqual([
        expect.stringMatching(/ may sts:AssumeRole on arn:aws:iam::999999999999:role\/x: nobody was seen to need it$/),
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
      "a managed policy of ours",
      "AWS::IAM::ManagedPolicy",
      "Managed",
      { PolicyDocument: assumeRole, Roles: [{ Ref: "SweepRole" }] },
    ],
    [
      "an inline policy that stands apart",
      "AWS::IAM::RolePolicy",
      "Apart",
      { RoleName: { Ref: "SweepRole" }, PolicyName: "more", PolicyDocument: assumeRole },
    ],
    ["a user", "AWS::IAM::User", "User", {}],
  ])("cannot be widened unnoticed by %s", (_, type, name, more) => {
    expect(complaints(withResource(type, name, more))).toHaveLength(1);
  });

  it("cannot be narrowed by a boundary, or widened by a NotAction, without a reader for it", () => {
    const bounded = withResource("AWS::IAM::Role", "SweepRole", { PermissionsBoundary: "arn:aws:iam::aws:policy/x" });
    expect(() => complaints(bounded)).toThrow(/PermissionsBoundary/);
    const inverted = document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" });
    const all = withResource("AWS::IAM::Role", "SweepRole", {
      Policies: [{ PolicyName: "all", PolicyDocument: inverted }],
    });
    expect(() => complaints(all)).toThrow(/NotAction/);
  });

  it("is given to a service alone", () => {
    const trusts = (Principal: unknown, Action = "sts:AssumeRole") => ({
      AssumeRolePolicyDocument: document({ Effect: "Allow", Action, Principal }),
    });
    const bySns = trusts(SNS); // without saying whose
    for (const trust of [
      trusts("*"),
      trusts({ AWS: OTHERS }),
      trusts({ AWS: HERE }),
      trusts({ Federated: "x" }),
      bySns,
    ])
      expect(complaints(withResource("AWS::IAM::Role", "SweepRole", trust)), JSON.stringify(trust)).toHaveLength(1);
  });
});

describe("who is let in by a resource", () => {
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

  it.each(places)("%s: the account itself, and a service that comes for it", (_, put) => {
    const forUs = { Condition: { StringEquals: { "aws:SourceAccount": HERE } } };
    expect(complaints(put(lets({ AWS: HERE })))).toEqual([]);
    expect(complaints(put(lets(SNS, forUs)))).toEqual([]);
  });

  it.each(places)("%s: nobody else, nor a role of ours past its grants", (_, put) => {
    const ofOurs = { AWS: { "Fn::Sub": "arn:aws:iam::$" + "{AWS::AccountId}:role/x" } };
    const theirs = { Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } };
    const others = [lets("*"), lets({ AWS: ["*"] }), lets({ AWS: OTHERS }), lets(ofOurs), lets({ Federated: "x" })];
    const unsaid = lets(undefined, { NotPrincipal: { AWS: OTHERS } });
    for (const policy of [...others, lets(SNS), lets(SNS, theirs), unsaid])
      expect(complaints(put(policy)), JSON.stringify(policy)).toHaveLength(1);
  });

  it("a function: API Gateway for our API, and nobody without a source, from elsewhere, or for more than to invoke", () => {
    const gateway = "apigateway.amazonaws.com";
    const our = { "Fn::Sub": "arn:aws:execute-api:eu-west-3:$" + "{AWS::AccountId}:api/*" };
    const put = (more: Properties) => withResource("AWS::Lambda::Permission", "More", { ...invoke, ...more });
    expect(complaints(put({ Principal: gateway, SourceArn: our }))).toEqual([]);
    expect(complaints(put({ Principal: gateway, SourceAccount: HERE }))).toEqual([]);
    for (const more of [
      { Principal: "*" },
      { Principal: "999999999999" },
      { Principal: gateway },
      { Principal: gateway, SourceArn: "arn:aws:execute-api:eu-west-3:999999999999:api/*" },
      { Principal: gateway, SourceArn: our, Action: "lambda:*" },
    ])
      expect(complaints(put(more)), JSON.stringify(more)).toHaveLength(1);
    expect(() => complaints(put({ Principal: "*", FunctionUrlAuthType: "NONE" }))).toThrow(/FunctionUrlAuthType/);
  });

  it.each([
    "AWS::Lambda::Url",
    "AWS::Logs::ResourcePolicy",
    "AWS::SQS::QueueInlinePolicy",
    "AWS::Lambda::LayerVersionPermission",
  ])("is not told by a %s, which nobody reads here", (type) => {
    expect(complaints(withResource(type, "More", {}))).toHaveLength(1);
  });
});
