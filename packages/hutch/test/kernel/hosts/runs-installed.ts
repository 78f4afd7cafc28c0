// A program of a user, run with an installed Hutch: does what it is told, one line each, and answers with one line each.
import { createPool, type HostError, type Pool } from "hutch";

const [module = "", backend = "linux-clone"] = process.argv.slice(2);
let pool: Pool | null = null;

async function obey(order: string): Promise<string> {
  if (order === "start") {
    const policy = { backend: backend === "posix-fork" ? "posix-fork" : "linux-clone" } as const;
    pool = await createPool({ module, policy, standby: false });
    return `started ${pool.start}`;
  }
  if (order === "call") return `${await pool?.call("add", [40, 2])}`;
  await pool?.close();
  return "closed";
}

for await (const order of console) {
  const answer = await obey(order).catch((error: HostError) => `${error.code}: ${error.message}`);
  console.log(answer);
  if (order === "close") break;
}
