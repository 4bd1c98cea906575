import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { Rappel } from "rappel/cdk";

const app = new App();
const stack = new Stack(app, "Shop");

const webhooks = new Rappel(stack, "Webhooks", { alarmEmail: "ops@example.com" });

new CfnOutput(stack, "WebhooksUrl", { value: webhooks.apiUrl });
new CfnOutput(stack, "WebhooksTable", { value: webhooks.table.tableName }); // for the first key: rappel keys create
