import type { RecordedCalls } from "../../local/emulator/usage-meter/recorded-calls.ts";
import type { Grant, Roles } from "./grants.ts";
import type { Recorded } from "./record.ts";

/** Why a grant that nobody was seen to use is there. */
export interface Justified {
  readonly roles: readonly string[];
  readonly action: string;
  /** What the resource's ARN matches, where it is only some of them. */
  readonly resource?: RegExp;
  readonly because: string;
}

/** What was asked, as the roles that it is asked in. */
export function askedInRoles(records: readonly Recorded[], roles: Roles): RecordedCalls[] {
  const asked = records.flatMap((one) => one.asked);
  // In which role the Scheduler sends is told by whoever made the schedule: there must be one.
  const lent = [...new Set(asked.filter(({ action }) => action === "iam:PassRole").map(({ resource }) => resource))];
  const scheduler = lent.map((arn) => roles.byArn.get(arn) ?? arn).join(" or ");
  const fired = records
    .flatMap((one) => one.fired)
    .flatMap((name) => {
      const schedule = roles.schedules.get(name);
      return schedule === undefined
        ? []
        : [{ by: schedule.role, action: "lambda:InvokeFunction", resource: schedule.target }];
    });
  const acting = (one: RecordedCalls) => {
    if (one.by === "pollers") return { ...one, by: roles.pollers.get(one.resource) ?? one.by };
    return one.by === "Scheduler" ? { ...one, by: scheduler } : one;
  };
  // Each once: of a group's schedules one stands for all.
  const keyOf = ({ by, action, resource }: RecordedCalls) =>
    `${by} ${action} ${resource.replace(/(:schedule\/[^/]+)\/.*/, "$1")}`;
  return [...new Map([...asked.map(acting), ...fired].map((one) => [keyOf(one), one])).values()];
}

/** What speaks against "each may do exactly what it does": nothing, if it is so. */
export function findings(
  asked: readonly RecordedCalls[],
  grants: readonly Grant[],
  justified: readonly Justified[],
): string[] {
  const isUsed = (grant: Grant) => asked.some((one) => allows(grant, one));
  const coveredBy = (grant: Grant) => justified.filter((one) => covers(one, grant));
  const denied = asked.filter((one) => !grants.some((grant) => allows(grant, one)));
  const unused = grants.filter((grant) => !isUsed(grant) && coveredBy(grant).length === 0);
  const stale = justified.flatMap((one) =>
    one.roles
      .filter((role) => !grants.some((grant) => grant.role === role && covers(one, grant) && !isUsed(grant)))
      .map((role) => `${role}: ${one.action} is justified, but is not granted, or is used`),
  );
  return [
    ...new Set([
      ...denied.map(({ by, action, resource }) => `${by} did ${action} on ${resource}: not allowed`),
      ...unused.map(({ role, action, resource }) => `${role} may ${action} on ${resource}: nobody was seen to need it`),
      ...grants.flatMap(tooWide),
      ...stale,
    ]),
  ];
}

/** A schedule's name is made when it is set: its group is the narrowest that can be named. Nothing else may be a pattern. */
function tooWide({ role, action, resource }: Grant): string[] {
  const isNarrow = !action.includes("*") && !/[*?]/.test(resource.replace(/(:schedule\/[\w-]+)\/\*$/, "$1"));
  return isNarrow ? [] : [`${role} may ${action} on ${resource}: that is a pattern`];
}

function covers({ roles, action, resource }: Justified, grant: Grant): boolean {
  return roles.includes(grant.role) && action === grant.action && (resource?.test(grant.resource) ?? true);
}

function allows({ role, action, resource, equals }: Grant, asked: RecordedCalls): boolean {
  return (
    role === asked.by &&
    matches(action, asked.action) &&
    matches(resource, asked.resource) &&
    Object.entries(equals).every(([key, value]) => asked.context?.[key] === value)
  );
}

function matches(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(value);
}
