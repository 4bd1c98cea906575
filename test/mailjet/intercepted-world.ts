import { settleDeletion } from "../../lambdas/mailjet/settle-deletion.ts";
import type { MemoryWorld } from "../support/memory-world.ts";

/** Calls `before` ahead of every call of a store, which can delay it or make it fail. */
export function interceptedWorld(world: MemoryWorld, before: () => Promise<void>): MemoryWorld {
  const intercepted = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const call: unknown = Reflect.get(target, name);
        return typeof call === "function"
          ? async (...args: unknown[]) => {
              await before();
              return Reflect.apply(call, target, args);
            }
          : call;
      },
    });
  const ports = {
    ...world,
    callbacks: intercepted(world.callbacks),
    endpoints: intercepted(world.endpoints),
    states: intercepted(world.states),
    timer: intercepted(world.timer),
  };
  return { ...ports, settleDeletion: (account, endpoint) => settleDeletion(ports, account, endpoint) };
}
