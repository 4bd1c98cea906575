import { beforeAll, describe, expect, it } from "vitest";
import { readAssembly } from "../../local/emulator/template/assembly.ts";
import { synthesize } from "../../local/emulator/template/synth.ts";
import type { RecordedCall } from "../../local/emulator/usage-meter/recorded-calls.ts";
import { callsByRole, findings, type Justified } from "./evaluate-policy.ts";
import { type Grant, type Roles, readRoles } from "./grants.ts";
import { readRecords } from "./record.ts";

const FUNCTIONS = ["accept", "api", "console", "dispatch", "erase", "sweep", "wake"];

/** Grants that no end-to-end test can need, one line each. */
const JUSTIFIED: readonly Justified[] = [
  {
    roles: FUNCTIONS,
    action: "logs:CreateLogStream",
    because: "Lambda opens a stream for each environment, in its role",
  },
  { roles: FUNCTIONS, action: "logs:PutLogEvents", because: "Lambda writes down what a function prints, in its role" },
  {
    roles: ["dispatch", "wake"],
    action: "sqs:GetQueueAttributes",
    because: "Lambda's event source mapping requires it",
  },
];

let roles: Roles;
let calls: RecordedCall[];
beforeAll(async () => {
  roles = readRoles(readAssembly(await synthesize()));
  const records = readRecords();
  if (records.length === 0)
    throw new Error(
      "No end-to-end test has run before this: use npm run test:full, or npx vitest run --project e2e --project e2e-full --project privileges",
    );
  calls = callsByRole(records, roles);
}, 300_000);

describe("least privilege", () => {
  it("each role may do exactly what the end-to-end tests needed and what is justified here", () => {
    expect(findings(calls, roles.grants, JUSTIFIED)).toEqual([]);
  });

  it("no resource policy allows more than the roles' own policies", () => {
    expect(roles.resourcePolicies).toEqual([]);
  });

  it("every role belongs to a function or to the Scheduler", () => {
    expect(roles.names.toSorted()).toEqual(["EveryMinuteRole", "WakeUpsSchedulerRole", ...FUNCTIONS].sort());
  });
});

describe("the check of least privilege", () => {
  const granted = (): readonly Grant[] => roles.grants;

  it("the check fails for each grant that is removed", () => {
    expect(granted().length).toBeGreaterThan(40);
    for (const removed of granted()) {
      const left = granted().filter((grant) => grant !== removed);
      expect(findings(calls, left, JUSTIFIED), `${removed.role} ${removed.action} ${removed.resource}`).not.toEqual([]);
    }
  });

  it("the check fails for each grant that is added", () => {
    const actions = [
      ...new Set(granted().map(({ action }) => action)),
      "dynamodb:Scan",
      "sqs:PurgeQueue",
      "kms:Decrypt",
    ];
    const resources = [...new Set(granted().map(({ resource }) => resource))];
    for (const role of roles.names) {
      for (const action of actions) {
        for (const resource of resources) {
          const more = { role, action, resource, equals: {} };
          const has = granted().some(
            (grant) => grant.role === role && grant.action === action && grant.resource === resource,
          );
          if (has || JUSTIFIED.some((reason) => reason.roles.includes(role) && reason.action === action)) continue;
          expect(findings(calls, [...granted(), more], JUSTIFIED), `${role} ${action} ${resource}`).not.toEqual([]);
        }
      }
    }
  });

  it("the check fails for a widened or changed resource", () => {
    const [table] = granted().filter(({ action }) => action === "dynamodb:PutItem");
    if (table === undefined) throw new Error("No role may put an item");
    const otherGrants = granted().filter((grant) => grant !== table);
    for (const resource of [`${table.resource}*`, "*", table.resource.replace("Table", "Other")])
      expect(findings(calls, [...otherGrants, { ...table, resource }], JUSTIFIED), resource).not.toEqual([]);
  });
});
