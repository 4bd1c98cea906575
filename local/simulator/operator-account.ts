/** The account that gets the operational webhooks of all accounts in the simulator. */
export const OPERATOR_ACCOUNT = "globex";
