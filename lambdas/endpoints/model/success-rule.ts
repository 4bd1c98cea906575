/** Which responses count as a success. Mailjet requires exactly 200, Sarbacane and Standard Webhooks any 2xx. */
export const SUCCESS_RULES = ["2xx", "200"] as const;
export type SuccessRule = (typeof SUCCESS_RULES)[number];

export function isSuccess(rule: SuccessRule, status: number): boolean {
  return rule === "200" ? status === 200 : status >= 200 && status <= 299;
}
