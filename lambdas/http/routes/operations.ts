import * as z from "zod";
import { QueueView } from "../responses/operation-responses.ts";
import type { Route } from "./route.ts";

/** The state of the service itself, for its operator. */
export const operationRoutes = {
  listQueues: {
    method: "GET",
    path: "/v1/queues",
    function: "api",
    scope: "read:status",
    isOperators: true,
    namesAccounts: true,
    summary: "Count the messages in the service's queues and dead-letter queues",
    answer: { status: 200, schema: z.strictObject({ data: z.array(QueueView) }).meta({ id: "QueueList" }) },
    errors: ["OPERATOR_KEY_REQUIRED"],
  },
} as const satisfies Record<string, Route>;
