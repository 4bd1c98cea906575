import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { readFunctions } from "../../local/emulator/functions/functions.ts";
import { readAssembly } from "../../local/emulator/template/assembly.ts";
import { localAttributes } from "../../local/emulator/template/names.ts";
import { readResources } from "../../local/emulator/template/template.ts";
import { writeAssembly } from "./small-app.ts";

const folder = writeAssembly({});
afterAll(() => rmSync(folder, { recursive: true }));
const urls = { dynamodb: "http://127.0.0.1:1", sqs: "http://127.0.0.1:2" };
const assembly = readAssembly(folder);
const resources = readResources(assembly, localAttributes(urls.sqs, "http://127.0.0.1:3"));
const tablesWith = (overrides: Record<string, string>) =>
  [...readFunctions(assembly, resources, urls, { overrides }).values()].map(
    ({ environment }) => environment["TABLE_NAME"],
  );

describe("the environment of a function", () => {
  it("the environment is the template's, with the variables that a run overrides", () => {
    expect(tablesWith({})).toEqual(["small-Table", "small-Table"]);
    expect(tablesWith({ TABLE_NAME: "other" })).toEqual(["other", "other"]);
  });

  it("overriding a variable that no function has is refused, because a misspelt name would have no effect", () => {
    expect(() => tablesWith({ TABEL_NAME: "other" })).toThrow(
      "Cannot override TABEL_NAME: no function has it in its environment",
    );
  });
});
