// A source on a file system that does not answer (FUSE, NFS) holds whoever looks at it, for ever and against every signal. So a
// child that is of no other use looks first, and this process only at what answered.
import { HostError, type Policy } from "@hutch/core";
import { AT_FDCWD, CompiledPlan, SOCK, socketpair, type WalkStep, wait4 } from "@hutch/syscall";

const STATX_BYTES = 256;
const STATX_BASIC = 0x7ff;

/** While somebody looks this process stands still, so what was silent is not looked at again for some time. */
const NOT_AGAIN_MS = 60_000;
const silentUntil = new Map<string, number>();

type Source = readonly [option: string, path: string];

/** @throws HostError POLICY_NOT_APPLICABLE that names the option and its path, after five seconds */
export function checkAnswers({ root, files }: Policy): void {
  const sources: Source[] = root === null ? [] : [["policy.root", root]];
  files.forEach((entry, index) => {
    if ("source" in entry) sources.push([`policy.files[${index}].source`, entry.source]);
  });
  if (sources.length === 0) return;
  const silent = sources.find(([, path]) => isKnown(path)) ?? firstSilent(sources);
  if (silent === undefined) return;
  const [option, path] = silent;
  throw new HostError(
    "POLICY_NOT_APPLICABLE",
    `Cannot use ${option} = "${path}": its file system did not answer for five seconds`,
    { hints: ["Look whether what serves it still runs, or leave it out; it is looked at again after a minute"] },
  );
}

function isKnown(path: string): boolean {
  const until = silentUntil.get(path);
  if (until === undefined || until > performance.now()) return until !== undefined;
  silentUntil.delete(path);
  return false;
}

/** The one at which the child stood still. */
function firstSilent(sources: readonly Source[]): Source | undefined {
  const bytes = new Uint8Array(STATX_BYTES);
  const looks = sources.map(
    ([, path]): WalkStep => ({
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
  if (launched.kind === "launched") {
    wait4(launched.pid);
    launched.pidfd.close();
  }
  const silent = launched.kind === "refused" && launched.step !== null ? sources[launched.step] : undefined;
  if (silent !== undefined) silentUntil.set(silent[1], performance.now() + NOT_AGAIN_MS);
  return silent;
}
