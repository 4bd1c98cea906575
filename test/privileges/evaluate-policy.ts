import type { RecordedCall } from "../../local/emulator/usage-meter/recorded-calls.ts";
import type { Grant, Roles } from "./grants.ts";
import type { Recorded } from "./record.ts";

/** Why a grant exists that no recorded call uses. */
export interface Justified {
  readonly roles: readonly string[];
  readonly action: string;
  /** Matches the ARNs of the resources, if not all. */
  readonly resource?: RegExp;
  readonly because: string;
}

/** The recorded calls with the role in which each is made. */
export function callsByRole(records: readonly Recorded[], roles: Roles): RecordedCall[] {
  const calls = records.flatMap((record) => record.calls);
  // The Scheduler's role is the one that the schedules' creators pass to it. There must be exactly one.
  const schedulerRoles = [
    ...new Set(calls.filter(({ action }) => action === "iam:PassRole").map(({ resource }) => resource)),
  ];
  const scheduler = schedulerRoles.map((arn) => roles.byArn.get(arn) ?? arn).join(" or ");
  const fired = records
    .flatMap((record) => record.fired)
    .flatMap((name) => {
      const schedule = roles.schedules.get(name);
      return schedule === undefined
        ? []
        : [{ by: schedule.role, action: "lambda:InvokeFunction", resource: schedule.target }];
    });
  const withRole = (call: RecordedCall) => {
    if (call.by === "pollers") return { ...call, by: roles.pollers.get(call.resource) ?? call.by };
    return call.by === "Scheduler" ? { ...call, by: scheduler } : call;
  };
  // Each call once, and the schedules of a group as one.
  const keyOf = ({ by, action, resource }: RecordedCall) =>
    `${by} ${action} ${resource.replace(/(:schedule\/[^/]+)\/.*/, "$1")}`;
  return [...new Map([...calls.map(withRole), ...fired].map((call) => [keyOf(call), call])).values()];
}

/** Grants that are missing, unused or too wide. Empty if each role may do exactly what the recorded calls need. */
export function findings(
  calls: readonly RecordedCall[],
  grants: readonly Grant[],
  justified: readonly Justified[],
): string[] {
  const isUsed = (grant: Grant) => calls.some((call) => allows(grant, call));
  const coveredBy = (grant: Grant) => justified.filter((reason) => covers(reason, grant));
  const denied = calls.filter((call) => !grants.some((grant) => allows(grant, call)));
  const unused = grants.filter((grant) => !isUsed(grant) && coveredBy(grant).length === 0);
  const stale = justified.flatMap((reason) =>
    reason.roles
      .filter((role) => !grants.some((grant) => grant.role === role && covers(reason, grant) && !isUsed(grant)))
      .map((role) => `${role}: ${reason.action} is justified, but is not granted or is used`),
  );
  return [
    ...new Set([
      ...denied.map(({ by, action, resource }) => `${by} did ${action} on ${resource}: not allowed`),
      ...unused.map(({ role, action, resource }) => `${role} may ${action} on ${resource}: no recorded call needs it`),
      ...grants.flatMap(tooWide),
      ...stale,
    ]),
  ];
}

/** Only a schedule may be a pattern, because its name is created at run time. Its group is the narrowest possible resource. */
function tooWide({ role, action, resource }: Grant): string[] {
  const isNarrow = !action.includes("*") && !/[*?]/.test(resource.replace(/(:schedule\/[\w-]+)\/\*$/, "$1"));
  return isNarrow ? [] : [`${role} may ${action} on ${resource}: that is a pattern`];
}

function covers({ roles, action, resource }: Justified, grant: Grant): boolean {
  return roles.includes(grant.role) && action === grant.action && (resource?.test(grant.resource) ?? true);
}

function allows({ role, action, resource, equals }: Grant, call: RecordedCall): boolean {
  return (
    role === call.by &&
    matches(action, call.action) &&
    matches(resource, call.resource) &&
    Object.entries(equals).every(([key, value]) => call.context?.[key] === value)
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
