// A host that was started without some of descriptors 0 to 2. What it learned goes into the file that is named.
import { writeFileSync } from "node:fs";
import { createPool, run } from "hutch";

const [, , file = "", module = ""] = process.argv;
const SCRIPT = "echo out; echo err >&2; cat; ls /proc/self/fd | wc -l";
const command = await run(["/bin/sh", "-c", SCRIPT], { stdin: "in\n" });
await using pool = await createPool({ module });
const waiting = await pool.run(["/bin/sh", "-c", SCRIPT], { stdin: "in\n" });
const called = await pool.execute("well", [true]);
const said = [command, waiting].map((result) => [result.verdict.status, result.text(), result.text("stderr")]);
writeFileSync(file, JSON.stringify([...said, called.ok ? called.value : called.verdict]));
