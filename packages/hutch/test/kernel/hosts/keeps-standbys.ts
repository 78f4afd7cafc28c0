// A host with standbys. Tells of its memory as it is short or enough; for each line of stdin it calls five times, and says how
// many of the calls had a job made for them.
import { createPool, type PoolStats } from "../../../src/index.ts";

const [module = ""] = process.argv.slice(2);
const say = (what: object): void => console.log(JSON.stringify(what));
await using pool = await createPool({ module, standby: 2 });
const standbys = (): PoolStats["standbys"] => pool.stats().standbys;
const untilAll = async (): Promise<void> => {
  while (standbys().waiting < 2) await Bun.sleep(5);
};
await untilAll();
pool.events.on("memoryShort", (short) => say({ short, standbys: standbys() }));
pool.events.on("memoryEnough", async () => {
  await untilAll();
  say({ enough: standbys() });
});
say({ ready: standbys() });
for await (const _line of console) {
  let made = 0;
  for (let call = 0; call < 5; call += 1) {
    const { verdict, report } = await pool.execute("add", [call, 1]);
    if (verdict.status !== "ok") throw new Error(verdict.reason);
    if (report.timings.setupMs > 0) made += 1;
    // The next one is made beside it, or it is not.
    if (standbys().heldBack === null) await untilAll();
  }
  say({ made });
}
