import { LOCAL } from "../engines/aws-clients.ts";
import { firstFiring, type Lateness } from "./plan.ts";
import {
  decodeToken,
  encodeToken,
  ListGroups,
  ListSchedules,
  OneGroup,
  OneSchedule,
  PutSchedule,
  parse,
  Refusal,
} from "./requests.ts";
import type { Group, ScheduleStore, Stored } from "./store.ts";

const ARN = `arn:aws:scheduler:${LOCAL.region}:${LOCAL.account}`;
const scheduleArn = (group: string, name: string) => `${ARN}:schedule/${group}/${name}`;
const groupArn = (name: string) => `${ARN}:schedule-group/${name}`;
const seconds = (ms: number) => ms / 1_000;

/** The ARN of a schedule. */
export function arnOf({ group, name }: { group: string; name: string }): string {
  return scheduleArn(group, name);
}

/** All parameters of a request: from its path, query and body. */
export type Input = Readonly<Record<string, unknown>>;

/** The operations of the API, by method and kind of path. They throw {@link Refusal}. */
export function schedulerOperations(
  store: ScheduleStore,
  lateness: Lateness,
): Record<string, (input: Input) => object> {
  function found(input: Input): Stored {
    const { Name, groupName } = parse(OneSchedule, input);
    const schedule = store.find(groupName, Name);
    if (schedule === undefined) throw new Refusal("ResourceNotFoundException", `Schedule ${Name} does not exist.`);
    return schedule;
  }

  function foundGroup(name: string): Group {
    const group = store.findGroup(name);
    if (group === undefined) throw new Refusal("ResourceNotFoundException", `Schedule group ${name} does not exist.`);
    return group;
  }

  function put(input: Input, mustExist: boolean): object {
    const { Name: name, GroupName: group, ...definition } = parse(PutSchedule, input);
    const { Arn, SqsParameters } = definition.Target;
    if (Arn.endsWith(".fifo") && SqsParameters?.MessageGroupId === undefined) {
      throw new Refusal("ValidationException", "A FIFO queue needs Target.SqsParameters.MessageGroupId.");
    }
    foundGroup(group);
    const old = mustExist ? found({ Name: name, groupName: group }) : store.find(group, name);
    if (!mustExist && old !== undefined) throw new Refusal("ConflictException", `Schedule ${name} already exists.`);
    const now = Date.now();
    const firing = firstFiring(definition, now, lateness);
    store.put({ group, name, definition, createdAt: old?.createdAt ?? now, modifiedAt: now, firing });
    return { ScheduleArn: scheduleArn(group, name) };
  }

  return {
    "POST schedule": (input) => put(input, false),
    "PUT schedule": (input) => put(input, true),
    "GET schedule": (input) => {
      const { definition, ...schedule } = found(input);
      return { ...summary(schedule), ...definition };
    },
    "DELETE schedule": (input) => {
      store.remove(found(input).revision);
      return {};
    },
    "GET schedules": (input) => {
      const { ScheduleGroup, NamePrefix, State, MaxResults, NextToken } = parse(ListSchedules, input);
      const filter = { after: decodeToken(NextToken), group: ScheduleGroup, prefix: NamePrefix, state: State };
      const schedules = store.list({ ...filter, limit: MaxResults + 1 });
      const page = schedules.slice(0, MaxResults);
      const last = schedules.length > MaxResults ? page.at(-1) : undefined;
      const Schedules = page.map(({ definition, ...schedule }) => ({
        ...summary(schedule),
        State: definition.State,
        Target: { Arn: definition.Target.Arn },
      }));
      return { Schedules, ...(last && { NextToken: encodeToken(last.group, last.name) }) };
    },
    "POST group": (input) => {
      const { Name: name } = parse(OneGroup, input);
      if (store.findGroup(name)) throw new Refusal("ConflictException", `Schedule group ${name} already exists.`);
      store.addGroup({ name, createdAt: Date.now() });
      return { ScheduleGroupArn: groupArn(name) };
    },
    "GET group": (input) => groupView(foundGroup(parse(OneGroup, input).Name)),
    // AWS takes a while to delete a group's schedules; here they are deleted at once.
    "DELETE group": (input) => {
      const { name } = foundGroup(parse(OneGroup, input).Name);
      if (name === "default") throw new Refusal("ValidationException", "The default group cannot be deleted.");
      store.removeGroup(name);
      return {};
    },
    "GET groups": (input) => {
      const { NamePrefix = "", MaxResults, NextToken } = parse(ListGroups, input);
      const groups = store.listGroups(decodeToken(NextToken)[0], NamePrefix, MaxResults + 1);
      const page = groups.slice(0, MaxResults);
      const last = groups.length > MaxResults ? page.at(-1) : undefined;
      return { ScheduleGroups: page.map(groupView), ...(last && { NextToken: encodeToken(last.name, "") }) };
    },
  };
}

function summary({ group, name, createdAt, modifiedAt }: Omit<Stored, "definition">): object {
  return {
    Arn: scheduleArn(group, name),
    GroupName: group,
    Name: name,
    CreationDate: seconds(createdAt),
    LastModificationDate: seconds(modifiedAt),
  };
}

function groupView({ name, createdAt }: Group): object {
  const at = seconds(createdAt);
  return { Arn: groupArn(name), Name: name, State: "ACTIVE", CreationDate: at, LastModificationDate: at };
}
