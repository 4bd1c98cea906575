import * as z from "zod";

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string().transform((id) => [id]), z.array(z.string())]).default([]),
  DeletionPolicy: z.enum(["Delete", "Retain", "RetainExceptOnCreate"]).default("Delete"),
});
const Template = z.object({ Resources: z.record(z.string(), Resource) });

/** Properties that fix a resource's name, where two resources of one name cannot exist. */
const NAMES: Record<string, string> = {
  "AWS::CloudWatch::Dashboard": "DashboardName",
  "AWS::DynamoDB::GlobalTable": "TableName",
  "AWS::IAM::Role": "RoleName",
  "AWS::Lambda::Function": "FunctionName",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::SNS::Topic": "TopicName",
  "AWS::SQS::Queue": "QueueName",
  "AWS::SSM::Parameter": "Name",
  "AWS::Scheduler::Schedule": "Name",
  "AWS::Scheduler::ScheduleGroup": "Name",
};

/** What an account holds: resources by type and name. */
export type Account = Map<string, { readonly isProtected: boolean }>;

/**
 * A model of how CloudFormation creates a stack, rolls a failed creation back, and deletes a stack, as far as names, deletion
 * policies and deletion protection matter. Source: AWS CloudFormation, "DeletionPolicy attribute" and "Stack failure options".
 */
export class ModelStack {
  readonly account: Account;
  readonly #resources: Record<string, z.infer<typeof Resource>>;
  readonly #names = new Map<string, string>();
  static #created = 0;

  constructor(account: Account, template: unknown) {
    this.account = account;
    this.#resources = Template.parse(template).Resources;
  }

  /** The ids of the resources in the order of their creation. */
  get order(): string[] {
    const done: string[] = [];
    const add = (id: string): void => {
      const resource = this.#resources[id];
      if (resource === undefined || done.includes(id)) return;
      for (const needed of [...resource.DependsOn, ...referred(resource.Properties)]) if (needed !== id) add(needed);
      if (!done.includes(id)) done.push(id);
    };
    for (const id of Object.keys(this.#resources)) add(id);
    return done;
  }

  /**
   * @param failsAt the id of a resource that cannot be created
   * @returns `ROLLBACK_FAILED` if a resource of the failed creation could not be deleted
   */
  create(failsAt?: string): "CREATE_COMPLETE" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" {
    const stackId = `arn:aws:cloudformation:eu-west-3:123456789012:stack/model/id-${++ModelStack.#created}`;
    for (const id of this.order) {
      const name = this.#nameOf(id, stackId);
      if (id === failsAt || this.account.has(name)) return this.#delete(true) ? "ROLLBACK_COMPLETE" : "ROLLBACK_FAILED";
      this.account.set(name, { isProtected: /"DeletionProtectionEnabled":true/.test(JSON.stringify(this.#of(id))) });
      this.#names.set(id, name);
    }
    return "CREATE_COMPLETE";
  }

  /** @returns whether all resources are deleted that should be */
  destroy(): boolean {
    return this.#delete(false);
  }

  #delete(isRollback: boolean): boolean {
    for (const id of this.order.toReversed()) {
      const name = this.#names.get(id);
      const { DeletionPolicy } = this.#of(id);
      if (name === undefined || DeletionPolicy === "Retain") continue;
      if (DeletionPolicy === "RetainExceptOnCreate" && !isRollback) continue;
      if (this.account.get(name)?.isProtected) return false;
      this.account.delete(name);
      this.#names.delete(id);
    }
    return true;
  }

  #of(id: string): z.infer<typeof Resource> {
    return Resource.parse(this.#resources[id]);
  }

  #nameOf(id: string, stackId: string): string {
    const { Type, Properties } = this.#of(id);
    const own = Properties[NAMES[Type] ?? ""];
    const text = JSON.stringify(own ?? { id, stackId });
    return `${Type} ${text.replaceAll('{"Ref":"AWS::StackId"}', stackId)}`;
  }
}

/** The ids of the resources that a value refers to. */
function referred(value: unknown): string[] {
  const text = JSON.stringify(value);
  return [...text.matchAll(/"(?:Ref":"|Fn::GetAtt":\[")(\w+)"/g)].map(([, id]) => id ?? "");
}
