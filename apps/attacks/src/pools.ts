// Pools by what they are made of, so that many attacks come to the same worker. A few are kept, the oldest is closed.
import { createPool, type Limits, type Policy, type Pool } from "hutch";
import type * as functions from "../test/programs/functions/attack.ts";

export interface PoolShape {
  readonly module?: string;
  readonly limits: Partial<Limits>;
  readonly policy: Partial<Policy>;
}
export type AttackedPool = Pool<typeof functions>;

const KEPT = 2;

export class Pools implements AsyncDisposable {
  readonly #open = new Map<string, AttackedPool>();

  async get(shape: PoolShape): Promise<AttackedPool> {
    const key = JSON.stringify(shape);
    const found = this.#open.get(key);
    if (found !== undefined) return found;
    for (const [oldest, pool] of this.#open) {
      if (this.#open.size < KEPT) break;
      this.#open.delete(oldest);
      await pool.close();
    }
    const pool = await createPool<typeof functions>(shape);
    this.#open.set(key, pool);
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pool of this.#open.values()) await pool.close();
    this.#open.clear();
  }
}
