import { App } from "aws-cdk-lib/core";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { readContext } from "../../../lib/context.ts";
import { readSettings } from "../../../lib/settings.ts";
import { StateStack } from "../../../lib/stacks/state-stack.ts";
import { STACKS, type StackName, templateOf } from "../template.ts";

type Json = Readonly<Record<string, unknown>>;
const Outputs = z.record(z.string(), z.object({ Export: z.object({ Name: z.string() }).optional() })).default({});

function exportsOf(template: Json): string[] {
  return Object.values(Outputs.parse(template["Outputs"])).flatMap(({ Export }) => Export?.Name ?? []);
}
function importsOf(template: Json): string[] {
  return [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name ?? "");
}

/** Deploys stacks one after the other, as CloudFormation would. @returns what it refuses; nothing if all are deployed */
function refusals(deployed: Map<StackName, Json>, order: readonly (readonly [StackName, Json])[]): string[] {
  const stacks = new Map(deployed);
  return order.flatMap(([name, template]) => {
    const others = [...stacks].filter(([other]) => other !== name).map(([, each]) => each);
    const inUse = exportsOf(stacks.get(name) ?? {}).filter(
      (exported) => !exportsOf(template).includes(exported) && others.flatMap(importsOf).includes(exported),
    );
    const missing = importsOf(template).filter((imported) => !others.flatMap(exportsOf).includes(imported));
    stacks.set(name, template);
    return [...inUse.map((each) => `${name}: ${each} is in use`), ...missing.map((each) => `${name}: no ${each}`)];
  });
}

const today = new Map(STACKS.map((name) => [name, templateOf(name).toJSON() as Json] as const));
const inOrder = (templates: ReadonlyMap<StackName, Json>) =>
  STACKS.map((name) => [name, templates.get(name) ?? {}] as const);

/** The stacks of a commit whose functions do not refer to one resource of the state stack. */
function without(name: string): Map<StackName, Json> {
  const forgets = (template: Json): Json =>
    JSON.parse(
      JSON.stringify(template).replaceAll(
        new RegExp(`\\{"Fn::ImportValue":"[^"]*${name}[^"]*"\\}`, "g"),
        '"forgotten"',
      ),
    );
  return new Map(inOrder(today).map(([stack, template]) => [stack, stack === "state" ? template : forgets(template)]));
}

describe("the exports of the state stack", () => {
  it("the set of exports is fixed: a commit that changes it says how to deploy it and how to roll it back", () => {
    expect(
      exportsOf(today.get("state") ?? {})
        .map((name) => name.replace(/^rappel-prod-state:ExportsOutput/, "").replace(/[0-9A-F]{8}$/, ""))
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "FnGetAttEventsDeadLetters49D856A5Arn",
        "FnGetAttEventsQueueB96EB0D2Arn",
        "FnGetAttSealingKey98C9818DArn",
        "FnGetAttTableCD117FA1Arn",
        "FnGetAttWakeUpsDeadLetters603E8A91Arn",
        "FnGetAttWakeUpsQueue2CC32346Arn",
        "FnGetAttWakeUpsSchedulerRoleA009FCF6Arn",
        "RefEventsDeadLetters49D856A5",
        "RefEventsQueueB96EB0D2",
        "RefTableCD117FA1",
        "RefWakeUpsDeadLetters603E8A91",
        "RefWakeUpsGroup6FF389C7",
        "RefWakeUpsQueue2CC32346",
      ]
    `);
    for (const name of STACKS.slice(1)) expect(exportsOf(today.get(name) ?? {}), name).toEqual([]);
  });

  it("the exports do not depend on who imports them", () => {
    const settings = readSettings(readContext()["stages"], "prod");
    const app = new App({ context: readContext(), builtinCloudFormationValidation: false });
    const alone = new StateStack(app, "rappel-prod-state", { settings });
    expect(exportsOf(app.synth().getStackByName(alone.stackName).template).sort()).toEqual(
      exportsOf(today.get("state") ?? {}).sort(),
    );
  });

  it.each(["EventsQueueB96EB0D2Arn", "SealingKey", "WakeUpsGroup", "RefTable"])(
    "a commit that drops or adds the last reference to %s is deployed and rolled back in the usual order",
    (name) => {
      const other = without(name);
      expect(importsOf(other.get("delivery") ?? {}).length).toBeLessThan(importsOf(today.get("delivery") ?? {}).length);
      expect(refusals(today, inOrder(other))).toEqual([]);
      expect(refusals(other, inOrder(today))).toEqual([]);
    },
  );

  it("a commit that removes an export is deployed if its users are deployed first, as the runbook says", () => {
    const other = without("SealingKey");
    const state = Object(today.get("state"));
    const fewer = Object.fromEntries(Object.entries(state.Outputs).filter(([id]) => !id.includes("SealingKey")));
    other.set("state", { ...state, Outputs: fewer });
    expect(refusals(today, inOrder(other))).toEqual([
      expect.stringContaining("SealingKey98C9818DArn294F2DA0 is in use"),
    ]);
    const users = inOrder(other).filter(([name]) => name === "api" || name === "delivery");
    expect(refusals(today, [...users, ...inOrder(other)])).toEqual([]);
    expect(refusals(other, inOrder(today))).toEqual([]);
  });
});
