// What a job sees of the host and of other jobs: nothing that nobody named.
import { type ConformanceCase, expectEnd, expectTrue } from "./subject.ts";

const shell = (script: string): string[] => ["sh", "-c", script];
const refused = (script: string): string[] => shell(`if (${script}) 2>/dev/null; then echo did; else echo refused; fi`);

export const ISOLATION: readonly ConformanceCase[] = [
  {
    name: "the host's environment is not the job's",
    check: async ({ call, run }) => {
      const ended = await call("environment");
      const known = new Set(["PATH", "HOME", "LANG", "TMPDIR", "USER", "LOGNAME", "SHELL", "TERM", "PWD"]);
      const others = (ended.value as string[]).filter((name) => !known.has(name));
      expectTrue(others.length === 0, `it has ${others.join(", ")}`);
      expectEnd(await run(shell('echo "$CONFORMANCE_SECRET"')), { status: "ok", stdout: "\n" });
    },
  },
  {
    name: "no descriptor but the three of a command is open",
    check: async ({ run }) => {
      // The fourth is the folder that is being read.
      const { stdout } = await run(["ls", "/proc/self/fd"]);
      expectTrue(stdout === "0\n1\n2\n3\n", `open are ${JSON.stringify(stdout)}`);
    },
  },
  {
    name: "it is not root, and can not become root",
    needs: ["isolation"],
    check: async ({ run }) => {
      const { stdout } = await run(["id", "-u"]);
      expectTrue(Number(stdout) > 0, `its user is ${stdout}`);
      const { stdout: status } = await run(shell("grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs)' /proc/self/status"));
      expectTrue(!/Cap\w+:\s*0*[1-9a-f]/.test(status) && /NoNewPrivs:\s*1/.test(status), status);
    },
  },
  ...["/usr/x", "/etc/x", "/x", "/proc/sys/kernel/hostname"].map(
    (path): ConformanceCase => ({
      name: `${path} can not be written`,
      needs: ["isolation"],
      check: async ({ run }) => expectEnd(await run(refused(`echo x > ${path}`)), { stdout: "refused\n" }),
    }),
  ),
  {
    name: "mounts can be neither made nor changed",
    needs: ["isolation"],
    check: async ({ run }) => {
      for (const script of ["mount -t tmpfs none /tmp", "mount -o remount,rw /usr", "umount /proc"])
        expectEnd(await run(refused(script)), { stdout: "refused\n" });
    },
  },
  {
    name: "only its own processes are there",
    needs: ["isolation"],
    check: async ({ run }) => {
      const { stdout } = await run(shell("ls /proc | grep -c '^[0-9]'"));
      expectTrue(Number(stdout) <= 6, `it sees ${stdout.trim()} processes`);
    },
  },
  {
    name: "what one job writes no other one finds",
    needs: ["isolation"],
    check: async ({ run }) => {
      const first = await run(
        shell("mkdir -p /tmp /dev/shm; echo secret > /tmp/kept; echo secret > /dev/shm/kept; cat /tmp/kept"),
      );
      expectEnd(first, { status: "ok", stdout: "secret\n" });
      expectEnd(await run(refused("cat /tmp/kept || cat /dev/shm/kept")), { stdout: "refused\n" });
    },
  },
];
