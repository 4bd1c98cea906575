import type { Account } from "../../accounts/model/account.ts";
import type { Delivery, LoggedEvent } from "../../delivery/model/delivery.ts";
import type { Endpoint } from "../../endpoints/model/endpoint.ts";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import type { CallbackWithTarget } from "../../mailjet/model/callback.ts";

/** What an export begins with. */
export interface ExportHead {
  readonly exportedAt: number;
  readonly account: Account;
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly state: EndpointState }[];
  readonly callbacks: readonly CallbackWithTarget[];
}
interface ExportedEvent {
  readonly event: LoggedEvent;
  readonly deliveries: readonly Delivery[];
}
export interface ExportPage {
  /** Only on the first page. */
  readonly head?: ExportHead;
  /** Newest first. Only the last page can have none. */
  readonly events: readonly ExportedEvent[];
  readonly next?: string;
}
