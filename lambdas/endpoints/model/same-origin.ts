/** Whether two URLs have the same scheme, host and port. Hidden values of one are never sent to another origin. */
export function isSameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}
