// Installs a shipped filter in itself, or none, makes each of the named calls with arguments that are wrong for all of them, and prints
// what came out. A result of 0 or more is 0.
import { installFilter, PR, prctl, type SyscallName, tryCall } from "@hutch/syscall";
import { chooseFilter } from "../../src/seccomp/choose-filter.ts";

const [profile, names = ""] = process.argv.slice(2);
const filter =
  profile === "off"
    ? null
    : chooseFilter(
        { syscalls: "default", supervise: null, tcp: null, unixSockets: "all" },
        profile === "function" ? "function" : "command",
      );
const calls = names.split(",") as SyscallName[];
prctl(PR.SET_NO_NEW_PRIVS, 1);
if (filter !== null) installFilter(filter.rest);
const results = calls.map((name) => ({ name, errno: Math.min(0, tryCall(name, -1, -1, -1, -1, -1, -1)) }));
console.log(JSON.stringify(results));
