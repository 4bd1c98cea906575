import { Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { publishStackId } from "../constructs/replacements.ts";
import { State } from "../parts/state.ts";
import type { RappelStackProps } from "./stack-props.ts";

/**
 * Everything that must outlive a deployment. Three things prevent a renamed construct from replacing a resource unnoticed:
 * the stack tests pin their logical ids; the other stacks import them by CloudFormation exports, which cannot change while
 * in use; and with `stateRemoval: "retain"` removed resources stay in the account.
 */
export class StateStack extends Stack {
  readonly state: State;

  constructor(scope: Construct, id: string, { settings, ...props }: RappelStackProps) {
    super(scope, id, { ...props, terminationProtection: settings.terminationProtection });
    // "Default" is no part of logical ids.
    this.state = new State(this, "Default", { settings, name: this.stackName });
    this.state.table.node.addDependency(publishStackId(this));
    this.#pinExports(this.state);
  }

  /**
   * Exports all that other stacks may import, whether one does or not. The CDK alone would export what is imported: a commit
   * that drops the last import would then remove the export, which CloudFormation refuses while the other stack, deployed
   * later, still has it.
   */
  #pinExports({ table, eventsQueue, eventsDeadLetters, wakeUps, sealingKey }: State): void {
    const queues = [eventsQueue, eventsDeadLetters, wakeUps.queue, wakeUps.deadLetters];
    for (const value of [
      table.tableName,
      table.tableArn,
      ...queues.flatMap(({ queueUrl, queueArn }) => [queueUrl, queueArn]),
      wakeUps.group.ref,
      wakeUps.role.roleArn,
      sealingKey.keyArn,
    ])
      this.exportValue(value);
  }
}
