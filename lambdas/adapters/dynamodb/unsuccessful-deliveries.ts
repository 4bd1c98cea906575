import * as z from "zod";
import type { UnsuccessfulDeliveries, UnsuccessfulQuery } from "../../ports/deliveries.ts";
import { allOf, codeFilter, equals, orAbsent, typeFilter } from "./table/filters.ts";
import { queryShards } from "./table/sharded-query.ts";
import { deliveryGroupPartitions, STATUS_INDEX, type Table } from "./table/table.ts";

const IndexItem = z.object({ statusKey: z.string() });

/** Reads the index `statuses`. A delivery that succeeded at its first attempt has no entry there and costs nothing. */
export function dynamoUnsuccessfulDeliveries(table: Table): UnsuccessfulDeliveries {
  return {
    async list(account, { groups, before, after, order, limit, ...query }) {
      const page = await queryShards(table, {
        partitions: groups.flatMap((group) => deliveryGroupPartitions(table, group, account)),
        parse: (item) => placeIn(IndexItem.parse(item).statusKey),
        idOf: ({ place }) => place,
        index: STATUS_INDEX,
        filter: filterOf(query),
        before,
        after,
        order,
        limit,
      });
      return page;
    },
  };
}

function placeIn(place: string) {
  const [eventId = "", endpoint] = place.split("#");
  return { place, eventId, ...(endpoint !== undefined && { endpoint }) };
}

/** A log item in the index stands for several deliveries, so only the event's type can be compared. */
function filterOf({ endpoint, type, status, reason, code }: Partial<UnsuccessfulQuery>) {
  const ofDelivery = [
    ...(endpoint === undefined ? [] : [equals("endpoint", endpoint)]),
    ...(status === undefined ? [] : [orAbsent("status", equals("status", status))]),
    ...(reason === undefined ? [] : [equals("reason", reason)]),
    ...(code === undefined ? [] : [codeFilter("lastCode", code)]),
  ];
  return allOf([
    ...(type === undefined ? [] : [typeFilter(type)]),
    ...ofDelivery.map((filter) => orAbsent("endpoint", filter)),
  ]);
}
