import { describe, expect, test } from "bun:test";
import { HostError } from "@hutch/core";
import { JobQueue } from "../src/job-queue.ts";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "fulfilled",
    (error: unknown) => (error instanceof HostError ? error.code : String(error)),
  );
}

describe("JobQueue", () => {
  test("hands a place to the next who waits, and keeps it where nobody does", async () => {
    const queue = new JobQueue<string>(10);
    expect(queue.serve("place")).toBe(false);
    const waits = [queue.wait({}), queue.wait({})];
    expect(queue.size).toBe(2);
    expect(queue.serve("first")).toBe(true);
    expect(queue.serve("second")).toBe(true);
    expect(await Promise.all(waits)).toEqual(["first", "second"]);
    expect(queue.serve("third")).toBe(false);
  });

  test("refuses one more than its bound, with the bound and what helps", async () => {
    const queue = new JobQueue<string>(2);
    const waits = [queue.wait({}), queue.wait({})];
    await expect(queue.wait({})).rejects.toThrow(
      "Cannot take another call: the pool's queue is full (2 calls wait, its maxQueue); call again when others have ended, give the pool more workers, or raise maxQueue",
    );
    expect(await codeOf(queue.wait({ priority: "high" }))).toBe("QUEUE_FULL");
    queue.serve("place");
    const next = queue.wait({});
    queue.serve("place");
    queue.serve("place");
    expect(await Promise.all([...waits, next])).toEqual(["place", "place", "place"]);
    const none = new JobQueue<string>(0);
    expect(await codeOf(none.wait({}))).toBe("QUEUE_FULL");
    const soon = none.wait({}, 1);
    expect(await codeOf(none.wait({}, 1))).toBe("QUEUE_FULL");
    none.serve("place");
    expect(await soon).toBe("place");
  });

  test("a caller that gave up is skipped, counts no more, and its signal holds nothing of ours", async () => {
    const queue = new JobQueue<string>(2);
    const abort = new AbortController();
    let listeners = 0;
    const { signal } = abort;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const served = queue.wait({ signal });
    queue.serve("served");
    expect(await served).toBe("served");
    const gone = queue.wait({ signal });
    const stays = queue.wait({});
    abort.abort(new Error("gave up"));
    await expect(gone).rejects.toThrow("gave up");
    expect(queue.size).toBe(1);
    expect(queue.serve("place")).toBe(true);
    expect(await stays).toBe("place");
    expect(listeners).toBe(0);
    await expect(queue.wait({ signal })).rejects.toThrow("gave up");
  });

  test("refuses everybody at once", async () => {
    const queue = new JobQueue<string>(10);
    const waits = [queue.wait({}), queue.wait({ priority: "low" }), queue.wait({ caller: "x" })];
    queue.refuseAll(new HostError("POOL_CLOSED", "closed"));
    expect(await Promise.all(waits.map(codeOf))).toEqual(["POOL_CLOSED", "POOL_CLOSED", "POOL_CLOSED"]);
    expect(queue.size).toBe(0);
  });

  test("100,000 who wait and leave from the end leave nothing behind", async () => {
    const queue = new JobQueue<number>(100_000);
    const aborts = Array.from({ length: 100_000 }, () => new AbortController());
    const waits = aborts.map(({ signal }) => queue.wait({ signal }).catch(() => "left"));
    for (const abort of aborts.toReversed()) abort.abort();
    expect(queue.size).toBe(0);
    expect(new Set(await Promise.all(waits))).toEqual(new Set(["left"]));
  });
});
