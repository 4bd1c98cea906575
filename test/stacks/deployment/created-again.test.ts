import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { STACKS, type StackName, templateOf } from "../template.ts";
import { type Account, ModelStack } from "./cloudformation.ts";

const Manifest = z.object({ artifacts: z.record(z.string(), z.object({ properties: z.looseObject({}).optional() })) });

const newStack = (account: Account, name: StackName) => new ModelStack(account, templateOf(name).toJSON());

describe("a deployment that is made again", () => {
  it("a first creation that fails at any resource leaves nothing behind, and can be repeated", () => {
    for (const name of STACKS) {
      for (const failsAt of newStack(new Map(), name).order) {
        const account: Account = new Map();
        expect(newStack(account, name).create(failsAt), `${name} at ${failsAt}`).toBe("ROLLBACK_COMPLETE");
        expect([...account.keys()], `${name} at ${failsAt}`).toEqual([]);
        expect(newStack(account, name).create(), `${name} after ${failsAt}`).toBe("CREATE_COMPLETE");
      }
    }
  });

  it("after cdk destroy all stacks can be created again, beside what was kept", () => {
    const account: Account = new Map();
    for (let times = 1; times <= 3; times++) {
      const stacks = STACKS.map((name) => newStack(account, name));
      for (const stack of stacks) expect(stack.create()).toBe("CREATE_COMPLETE");
      for (const stack of stacks.toReversed()) expect(stack.destroy()).toBe(true);
    }
    const kept = [...account.keys()].map((name) => name.split(" ")[0]);
    expect(Object.groupBy(kept, (type) => type ?? "")).toMatchObject({
      "AWS::DynamoDB::GlobalTable": { length: 3 },
      "AWS::SQS::Queue": { length: 12 },
      "AWS::KMS::Key": { length: 3 },
    });
    expect(kept).not.toContain("AWS::Scheduler::ScheduleGroup");
  });

  it("no stack is protected against termination, unless a setting says so: the CDK could not repeat a failed first creation", () => {
    const { artifacts } = Manifest.parse(
      JSON.parse(readFileSync(join(inject("assemblies").prod, "manifest.json"), "utf8")),
    );
    for (const name of STACKS)
      expect(artifacts[`rappel-prod-${name}`]?.properties?.["terminationProtection"], name).toBeFalsy();
  });
});
