// A source on a file system that does not answer (FUSE, NFS) holds whoever looks at it, for ever and against every signal. So a
// child that is of no other use looks first, and this process only at what answered.
import { HostError, type Policy } from "@hutch/core";
import { AT_FDCWD, CompiledPlan, SOCK, socketpair, type WalkStep, wait4 } from "@hutch/syscall";

const STATX_BYTES = 256;
const STATX_BASIC = 0x7ff;

/** @throws HostError POLICY_NOT_APPLICABLE that names the option and its path, after five seconds */
export function checkAnswers({ root, files }: Policy): void {
  const sources: (readonly [option: string, path: string])[] = root === null ? [] : [["policy.root", root]];
  files.forEach((entry, index) => {
    if ("source" in entry) sources.push([`policy.files[${index}].source`, entry.source]);
  });
  if (sources.length === 0) return;
  const at = firstSilent(sources.map(([, path]) => path));
  if (at === null) return;
  const [option, path] = sources[at] ?? [];
  throw new HostError(
    "POLICY_NOT_APPLICABLE",
    `Cannot use ${option} = "${path}": its file system did not answer for five seconds`,
    { hints: ["Look whether what serves it still runs, or leave it out"] },
  );
}

/** Index of the path at which the child stood still. */
function firstSilent(paths: readonly string[]): number | null {
  const bytes = new Uint8Array(STATX_BYTES);
  const looks = paths.map(
    (path): WalkStep => ({
      name: "look",
      call: "statx",
      args: [AT_FDCWD, { text: path }, 0, STATX_BASIC, { bytes }],
      allow: "any",
    }),
  );
  const end: WalkStep = { name: "end", call: "exit_group", args: [0] };
  const plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner: [...looks, end], handover: [], start: "exec" });
  using unused = socketpair(SOCK.STREAM);
  const launched = plan.launch(unused.b.fd, {});
  if (launched.kind !== "launched") return launched.kind === "refused" ? launched.step : null;
  wait4(launched.pid);
  launched.pidfd.close();
  return null;
}
