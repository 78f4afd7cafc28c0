// A pool for calls of the bench's own functions. Commands get another one: a pool that is asked for both keeps the wrong standby.
import { createPool, type Pool, type PoolOptions } from "hutch";
import { programPath } from "./program-path.ts";

export type Tasks = typeof import("./programs/tasks.ts");

export function functionPool(options: PoolOptions = {}): Promise<Pool<Tasks>> {
  return createPool<Tasks>({ module: programPath("tasks.ts"), ...options });
}
