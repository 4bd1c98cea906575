import { beforeAll, describe, expect, it } from "vitest";
import { readAssembly } from "../../local/emulator/template/assembly.ts";
import { synthesize } from "../../local/emulator/template/synth.ts";
import type { RecordedCalls } from "../../local/emulator/usage-meter/recorded-calls.ts";
import { askedInRoles, findings, type Justified } from "./evaluate-policy.ts";
import { type Grant, type Roles, readRoles } from "./grants.ts";
import { readRecords } from "./record.ts";

const FUNCTIONS = ["accept", "api", "dispatch", "erase", "sweep", "wake"];

/** What no story can show, one line each. */
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
let asked: RecordedCalls[];
beforeAll(async () => {
  roles = readRoles(readAssembly(await synthesize()));
  const records = readRecords();
  if (records.length === 0)
    throw new Error(
      "No story has run before this: npm run test:full, or npx vitest run --project e2e --project e2e-full --project privileges",
    );
  asked = askedInRoles(records, roles);
}, 300_000);

describe("every role", () => {
  it("may do exactly what it was seen to do in the stories, and what is justified here", () => {
    expect(findings(asked, roles.grants, JUSTIFIED)).toEqual([]);
  });

  it("may do so by its own policies alone: nothing else gives, and nobody else is let in", () => {
    expect(roles.openings).toEqual([]);
  });

  it("is one of a function, or of the Scheduler", () => {
    expect(roles.names.toSorted()).toEqual(["EveryMinuteRole", "WakeUpsSchedulerRole", ...FUNCTIONS].sort());
  });
});

describe("the proof", () => {
  const granted = (): readonly Grant[] => roles.grants;

  it("fails for each action that is taken away", () => {
    expect(granted().length).toBeGreaterThan(40);
    for (const gone of granted()) {
      const left = granted().filter((grant) => grant !== gone);
      expect(findings(asked, left, JUSTIFIED), `${gone.role} ${gone.action} ${gone.resource}`).not.toEqual([]);
    }
  });

  it("fails for each action that is granted beyond need", () => {
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
          const has = granted().some((one) => one.role === role && one.action === action && one.resource === resource);
          if (has || JUSTIFIED.some((one) => one.roles.includes(role) && one.action === action)) continue;
          expect(findings(asked, [...granted(), more], JUSTIFIED), `${role} ${action} ${resource}`).not.toEqual([]);
        }
      }
    }
  });

  it("fails for a resource that is widened, and for one that is another's", () => {
    const [table] = granted().filter(({ action }) => action === "dynamodb:PutItem");
    if (table === undefined) throw new Error("Nobody may put an item");
    const others = granted().filter((grant) => grant !== table);
    for (const resource of [`${table.resource}*`, "*", table.resource.replace("Table", "Other")])
      expect(findings(asked, [...others, { ...table, resource }], JUSTIFIED), resource).not.toEqual([]);
  });
});
