// In a mount namespace of its own: runs a command with a source that answers so many requests and then none, then one without
// it; then the file system goes. Says what came of it.
import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryCall } from "@hutch/syscall";
import { run } from "../../../src/index.ts";

const children = (): string => readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim();
const text = (value: string): Uint8Array => Buffer.from(`${value}\0`);
const source = mkdtempSync(join(tmpdir(), "hutch-silent-"));
const fuse = openSync("/dev/fuse", "r+");
const options = `fd=${fuse},rootmode=40000,user_id=0,group_id=0,allow_other`;
const mounted = tryCall("mount", text("silent"), text(source), text("fuse"), 0, text(options));
if (mounted < 0) throw new Error(`not mounted: ${mounted}`);
const server = Bun.spawn([process.execPath, join(import.meta.dir, "silent-file-system.ts"), process.argv[2] ?? "0"], {
  stdio: ["ignore", "pipe", "inherit", fuse],
});
closeSync(fuse);

const files = [{ kind: "read-only", source, path: "/data" }] as const;
const began = performance.now();
const outcome = await Promise.try(() => run(["stat", "-c", "%a", "/data"], { policy: { files } })).then(
  (result) => ({ text: result.text(), verdict: result.verdict.status }),
  (error: Error & { code?: string }) => ({ code: error.code, message: error.message.replaceAll(source, "SOURCE") }),
);
const tookMs = performance.now() - began;
const beganAgain = performance.now();
const again =
  process.argv[2] === "0"
    ? await Promise.try(() => run(["true"], { policy: { files } })).then(
        () => "ran",
        (error: Error) => error.message.replaceAll(source, "SOURCE"),
      )
    : "not tried";
const againMs = performance.now() - beganAgain;
const next = (await run(["echo", "next"])).text();
server.kill("SIGKILL");
await server.exited;
const asked = (await new Response(server.stdout).text()).trim().split("\n").length;
// What the kernel held goes with the file system, and is waited for at the next launch.
let left = children();
for (let tried = 0; left !== "" && tried < 100; tried += 1) {
  await Bun.sleep(20);
  await run(["true"]);
  left = children();
}
tryCall("umount2", text(source), 2);
rmdirSync(source);
console.log(JSON.stringify({ outcome, next, asked, left, tookMs, again, againMs }));
