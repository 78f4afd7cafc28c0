// Launches a job into a folder of cgroup version 2, and says what came of it. Arguments: the folder; "clone" to clone into it.
import { toFd } from "@hutch/syscall";
import { unifiedCpu } from "../src/cgroup/unified.ts";
import { sh } from "./sandbox.ts";

const [folder = "", way] = process.argv.slice(2);
const part = unifiedCpu(folder);
try {
  const bound = way === "clone" ? { cgroupFolder: toFd(part.folderFd?.fd ?? -1) } : {};
  console.log(sh("echo ran", { cgroups: [part.procs.fd], ...bound }).stdout);
} catch (error) {
  console.log((error as Error).message);
} finally {
  part.close();
}
