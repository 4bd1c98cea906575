import { afterAll, expect, it, vi } from "vitest";
import { Rappel } from "../../../lib/cdk.ts";
import { readContext } from "../../../lib/context.ts";
import { emptyBundles, foreignStack, ofType } from "./foreign-app.ts";

const bundles = vi.hoisted(() => ({ folder: "" }));
vi.mock("#bundles", () => ({ bundlesFolder: () => bundles.folder }));
const { folder, remove } = emptyBundles();
bundles.folder = folder;
afterAll(remove);

const { stages: _, ...flags } = readContext();

it("two of one stack share no name and no metric, and cdk-nag finds nothing, with and without feature flags", () => {
  for (const context of [{}, flags]) {
    const namespaces: string[] = [];
    const template = foreignStack((stack) => {
      for (const id of ["Webhooks", "Partners"]) namespaces.push(new Rappel(stack, id).metricNamespace);
    }, context);
    const names = ofType(template).flatMap(([, { Type, Properties = {} }]) =>
      ["DashboardName", "LogGroupName"].flatMap((name) =>
        Properties[name] === undefined ? [] : `${Type} ${JSON.stringify(Properties[name])}`,
      ),
    );
    expect(names.length).toBe(6);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(namespaces).size).toBe(2);
  }
});
