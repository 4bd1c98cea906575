import type { Activity } from "../activity/model/activity.ts";
import type { Page } from "./page.ts";

export interface ActivityQuery {
  readonly endpoint?: string;
  /** Only ids below this one. */
  readonly before?: string;
  /** Only ids from this one on. */
  readonly after?: string;
  readonly limit: number;
}

export interface ActivityLog {
  /** Adds an entry. @param keptUntil when its retention ends, epoch ms */
  add(entry: Activity, keptUntil: number): Promise<void>;
  /** Newest first. With a filter, a page can be shorter than requested although there are more. */
  list(account: string, query: ActivityQuery): Promise<Page<Activity>>;
  /** Erases some entries of an account. @returns whether all are erased */
  erase(account: string, limit: number): Promise<boolean>;
}
