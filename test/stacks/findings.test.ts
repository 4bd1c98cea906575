import { describe, expect, it } from "vitest";
import * as z from "zod";
import { STACKS, templateOf } from "./template.ts";

const Answered = z.object({
  Type: z.string(),
  Metadata: z
    .object({
      checkov: z.object({ skip: z.array(z.object({ id: z.string(), comment: z.string() })) }).optional(),
      "cfn-lint": z
        .object({
          config: z.object({ ignore_checks: z.array(z.string()) }),
          reasons: z.record(z.string(), z.string()),
        })
        .optional(),
    })
    .default({}),
});

const answers = STACKS.flatMap((stack) =>
  Object.values(templateOf(stack).toJSON()["Resources"]).flatMap((resource) => {
    const { Type, Metadata } = Answered.parse(resource);
    const ofCheckov = (Metadata.checkov?.skip ?? []).map(({ id, comment }) => ({ type: Type, id, reason: comment }));
    const lint = Metadata["cfn-lint"];
    const ofCfnLint = (lint?.config.ignore_checks ?? []).map((id) => ({ type: Type, id, reason: lint?.reasons[id] }));
    return [...ofCheckov, ...ofCfnLint];
  }),
);

describe("findings of checkov and cfn-lint", () => {
  it("each finding of checkov and cfn-lint has a reason next to it, and no other check is skipped", () => {
    expect([...new Set(answers.map(({ type, id }) => `${type} ${id}`))].sort()).toEqual([
      "AWS::Lambda::Function CKV_AWS_115",
      "AWS::Lambda::Function CKV_AWS_116",
      "AWS::Lambda::Function CKV_AWS_117",
      "AWS::Lambda::Function CKV_AWS_173",
      "AWS::Lambda::Function W3005",
      "AWS::Logs::LogGroup CKV_AWS_158",
      "AWS::SNS::Topic CKV_AWS_26",
      "AWS::SQS::Queue CKV_AWS_27",
    ]);
    for (const { id, reason } of answers) expect(reason, id).toMatch(/^[A-Z].{30,}\.$/);
  });
});
