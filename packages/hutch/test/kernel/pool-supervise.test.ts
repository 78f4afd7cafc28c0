// Jobs of a pool whose calls the host decides: what init tells and what it is given go past the worker.
import { describe, expect, test } from "bun:test";
import { type CallHandlers, createPool, type Pool } from "../../src/index.ts";
import { ableToSupervise, missing, perl, serve } from "./able-to-supervise.ts";
import type * as dials from "./jobs/dials.ts";
import { leakedSince, settledDescriptors } from "./until.ts";

const module = new URL("jobs/dials.ts", import.meta.url);
const limits = { cpuMs: 20_000, wallMs: 60_000 };

describe.skipIf(!ableToSupervise)(`a pool that supervises${missing(null)}`, () => {
  for (const [kind, concurrentTasksPerWorker, standby] of [
    ["with standbys", 1, true],
    ["without standbys", 1, false],
    ["with many jobs in one worker", 3, true],
  ] as const)
    test(`${kind}: functions reach the named service and nothing else`, async () => {
      using allowed = serve("allowed");
      using forbidden = serve("forbidden");
      const web = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("from the web") });
      const connect = [`127.0.0.1:${allowed.port}`, `localhost:${web.port}`];
      await using pool: Pool<typeof dials> = await createPool({
        module,
        limits,
        concurrentTasksPerWorker,
        standby,
        policy: { supervise: { connect } },
      });
      const said = await Promise.all([1, 2, 3, 4].map(() => pool.call("dial", ["127.0.0.1", allowed.port])));
      expect(said).toEqual(["allowed", "allowed", "allowed", "allowed"]);
      expect(await pool.call("fetchText", [`http://localhost:${web.port}/`])).toBe("from the web");
      expect(await pool.call("dial", ["127.0.0.1", forbidden.port])).toBe("EACCES");
      expect([allowed.visits(), forbidden.visits()]).toEqual([4, 0]);
      await web.stop(true);
    });

  test("leaves nothing open, whatever its jobs were waiting for", async () => {
    const before = await settledDescriptors();
    const asked = Promise.withResolvers<void>();
    const handler = async (): Promise<"allow"> => {
      asked.resolve();
      return await new Promise(() => {});
    };
    const calls: CallHandlers = process.arch === "x64" ? { mkdir: handler, mkdirat: handler } : { mkdirat: handler };
    const pool: Pool<typeof dials> = await createPool({ module, limits, policy: { supervise: { calls } } });
    const call = pool.call("makeFolder", ["/tmp/one"]).then(
      () => "made",
      (error: { code?: string }) => error.code,
    );
    await asked.promise;
    await pool.destroy();
    expect(await call).toBe("POOL_CLOSED");
    expect(await leakedSince(before)).toEqual([]);
  });

  test("asks its handlers, each for its own calls", async () => {
    const asked: string[] = [];
    await using pool: Pool<typeof dials> = await createPool({
      module,
      limits,
      policy: {
        supervise: {
          calls: {
            mkdir: ({ args: [path] }) => ({
              look: async (memory) => {
                asked.push((await memory.text(path)) ?? "nothing");
                return { errno: "EXDEV" };
              },
            }),
            mkdirat: () => ({ errno: "EXDEV" }),
          },
        },
      },
    });
    expect(await pool.call("makeFolder", ["/tmp/one"])).toBe("EXDEV");
    expect(await pool.call("makeFolder", ["/tmp/two"])).toBe("EXDEV");
    if (process.arch === "x64") expect(asked).toEqual(["/tmp/one", "/tmp/two"]);
    const { report } = await pool.execute("makeFolder", ["/tmp/three"]);
    const seccomp = report.isolation.controls.find(({ name }) => name === "seccomp");
    expect(seccomp?.why).toContain("profile of supervised jobs");
  });

  test.skipIf(!perl)(`runs commands as well${missing("perl")}`, async () => {
    using allowed = serve("allowed");
    await using pool = await createPool({
      limits,
      policy: { supervise: { connect: [`127.0.0.1:${allowed.port}`], calls: { mkdir: () => ({ result: 0 }) } } },
    });
    const script = `
      socket(S, PF_INET, SOCK_STREAM, 0);
      print connect(S, pack_sockaddr_in(${allowed.port}, inet_aton("127.0.0.1"))) ? <S> : $! + 0, " ";
      print mkdir("/tmp/x") ? "made" : $! + 0, " ", -d "/tmp/x" ? "there" : "nowhere"`;
    for (let i = 0; i < 3; i++)
      expect((await pool.run(["perl", "-MSocket", "-e", script])).text()).toBe("allowed made nowhere");
  });
});
