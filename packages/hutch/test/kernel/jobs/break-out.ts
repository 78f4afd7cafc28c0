// Ways out of a sandbox and to other jobs. Numbers below zero are errnos.
import { linkSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { codeOf, native, systemCall, text } from "./native-calls.ts";

const CLONE_NEWUSER = 0x10000000;
const PTRACE_SEIZE = 0x4206;
/** -ESRCH. What is there and out of reach is -EPERM. */
const NO_SUCH_PROCESS = -3;

/** Every open descriptor by number, as its kind. */
export function descriptors(): Record<number, string> {
  const open: Record<number, string> = {};
  for (let fd = 0; fd < 1024; fd++) {
    if (native("fcntl", fd, 1) < 0) continue;
    open[fd] = readlinkSync(`/proc/self/fd/${fd}`).replace(/:\[\d+\]$/, "");
  }
  return open;
}

export function readFile(path: string): unknown {
  return codeOf(() => readFileSync(path, "utf8"));
}
export function writeFile(path: string): unknown {
  return codeOf(() => {
    writeFileSync(path, "1");
    return "written";
  });
}
export function signal(pid: number): number {
  return native("kill", pid, 0);
}
export function pids(): number[] {
  return Array.from({ length: 70_000 }, (_, index) => index + 1).filter(
    (pid) => native("kill", pid, 0) !== NO_SUCH_PROCESS,
  );
}

/** All the ways into process 1. */
export function attackInit(): Record<string, unknown> {
  const pidfd = systemCall("pidfd_open", 1, 0);
  const vector = new Uint8Array(new BigUint64Array([0x400000n, 8n]).buffer);
  const ways: Record<string, unknown> = {
    trace: native("ptrace", PTRACE_SEIZE, 1, 0, 0),
    descriptor: systemCall("pidfd_getfd", pidfd, 3, 0),
    namespaces: native("setns", pidfd, 0x20000000),
    memory: native("process_vm_readv", 1, vector, 1, vector, 1, 0),
    ...Object.fromEntries(
      ["mem", "environ", "root/tmp", "fd", "ns/mnt", "maps"].map((name) => [name, readFile(`/proc/1/${name}`)]),
    ),
  };
  for (const number of [1, 2, 9, 15, 17, 19]) native("kill", 1, number);
  Bun.sleepSync(20);
  return { ...ways, alive: native("kill", 1, 0) !== NO_SUCH_PROCESS };
}

/** Takes every resource from process 1, then keeps it busy until it has used some CPU time. */
export function starveInit(): string {
  const nothing = new Uint8Array(16);
  for (let resource = 0; resource < 16; resource++) native("prlimit", 1, resource, nothing, 0);
  for (const until = performance.now() + 400; performance.now() < until; ) native("kill", 1, 17);
  return "init lives";
}

/** Ways to more rights, each with its errno. */
export function gainRights(): Record<string, number> {
  const flags = { user: CLONE_NEWUSER, net: 0x40000000, mount: 0x20000, pid: 0x20000000 };
  return {
    ...Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, native("unshare", flag)])),
    mounts: native("mount", text("none"), text("/tmp"), text("tmpfs"), 0, 0),
    remount: native("mount", text("none"), text("/usr"), 0, 4128, 0),
    umount: native("umount2", text("/proc"), 2),
    pivot: systemCall("pivot_root", text("/tmp"), text("/tmp")),
    chroot: native("chroot", text("/tmp")),
    root: native("setuid", 0),
  };
}
export function linkTo(path: string): unknown {
  return codeOf(() => linkSync(path, "/tmp/linked"));
}

/** Connects to a listener of somebody else. An address of node:net. */
export function connectTo(address: string | number): Promise<string> {
  return new Promise((resolve) => {
    const socket = typeof address === "number" ? connect(address, "127.0.0.1") : connect(`\0${address}`);
    socket.on("connect", () => resolve("connected"));
    socket.on("error", (error) => resolve((error as { code?: string }).code ?? "failed"));
  });
}

const CREATE = 0o1666;
/** A key of System V for each name, since the machine has them in common. */
const keyOf = (name: string): number => Bun.hash.crc32(name) >>> 1;
export function leaveTraces(name: string): string {
  for (const folder of ["/tmp", "/dev/shm"]) writeFileSync(`${folder}/${name}`, "left");
  native("shmget", keyOf(name), 4096, CREATE);
  Object.assign(globalThis, { left: name });
  process.env.LEFT = name;
  return "left";
}
export function findTraces(name: string): string[] {
  const id = native("shmget", keyOf(name), 0, 0);
  if (id >= 0) native("shmctl", id, 0, 0);
  const files = ["/tmp", "/dev/shm"].filter((folder) => readdirSync(folder).includes(name));
  for (const folder of files) rmSync(`${folder}/${name}`);
  return [...files, ...(id >= 0 ? ["shm"] : []), ...("left" in globalThis || "LEFT" in process.env ? ["state"] : [])];
}

const SESSION_KEYRING = -3;
/** Uses up the user's quota of keys and holds it while the next job is cloned. */
export async function hoardKeys(): Promise<number> {
  let made = 0;
  while (made < 1000 && systemCall("add_key", text("user"), text(`k${made}`), text("secret"), 6, SESSION_KEYRING) > 0)
    made++;
  await Bun.sleep(150);
  return made;
}
export function countKeys(): number {
  const ids = new Uint8Array(8192);
  return Math.max(0, systemCall("keyctl", 11, SESSION_KEYRING, ids, ids.byteLength) / 4);
}

/** How many come to a listener with this name. */
export async function listenFor(name: string, ms: number): Promise<number> {
  let came = 0;
  const server = createServer((socket) => {
    came += 1;
    socket.end();
  });
  server.listen(`\0${name}`);
  await Bun.sleep(ms);
  server.close();
  return came;
}
