import type { Session } from "../accounts/model/session.ts";

export interface Sessions {
  /** Strongly consistent. */
  find(id: string): Promise<Session | undefined>;
  add(session: Session): Promise<void>;
  /**
   * Opens the session of a link, if it is not open yet.
   * @returns whether this call did it; `false` also if it was removed
   */
  open(id: string, opened: { readonly tokenHash: string; readonly validUntil: number }): Promise<boolean>;
  /** Removes a session and its link, if they exist. */
  remove(session: Pick<Session, "id" | "account">): Promise<void>;
  /** Removes all sessions and links of an account. */
  removeAll(account: string): Promise<void>;
}
