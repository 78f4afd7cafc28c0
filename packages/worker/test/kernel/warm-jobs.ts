// Forks a copy for each module given and lets the runtime of a job call its default export. Prints one JSON line for each.
// Arguments: deadline in milliseconds, "preload" or "no", modules.
import { decodeResponse, decodeValue, encodeValue } from "@hutch/core";
import { STDOUT } from "@hutch/syscall";
import { rehearse } from "../../src/job/rehearse.ts";
import { prepareRuntime, prepareStreams, runJob } from "../../src/job/run-job.ts";
import { reseed } from "../../src/warm/randomness.ts";
import { adoptSurroundings } from "../../src/warm/surroundings.ts";
import { type Ended, ForkServer } from "./fork-server.ts";

const MOST_BYTES = 2 ** 24;
const [deadlineMs = "0", preload = "no", ...modules] = process.argv.slice(2);

function serve(): void {
  const server = new ForkServer();
  for (const module of modules) {
    const common = {
      compression: "none",
      inflatedBytes: 0,
      responseBytes: MOST_BYTES,
      payload: encodeValue([]),
      slots: [],
      checksum: "",
    } as const;
    const ended = server.ask({ kind: "function", module, exportName: "default", common }, STDOUT, Number(deadlineMs));
    if (ended === "in-job") {
      adoptSurroundings({ env: ["NAME=job", "EMPTY="], cwd: "/usr" });
      runJob();
      return;
    }
    console.log(JSON.stringify(describe(ended)));
  }
  process.exit(0);
}

function describe({ answer, code }: Ended): unknown {
  const response = decodeResponse(answer, MOST_BYTES);
  return response.kind === "value" ? { code, value: decodeValue(response.bytes) } : { code, ...response };
}

async function prepare(): Promise<void> {
  if (preload === "preload") for (const module of modules) await import(module);
  prepareStreams();
  prepareRuntime();
  await rehearse(3, (stage) => runJob(stage));
  // Used before the fork, so that the copy has something to correct.
  Math.random();
  reseed();
  JSON.stringify([process.pid, process.cwd(), process.env]);
  serve();
}

void prepare();
