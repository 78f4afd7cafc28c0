// What the host has that a job must not get: a secret, a folder, listeners, a process. Every lane has its own.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Every secret begins like this, so that a program can look for what it does not know. */
export const SECRET_PREFIX = "hutch-canary-";

export interface Stage extends AsyncDisposable {
  readonly folder: string;
  /** Text that no job may ever say. It is in a file, and in memory, environment and arguments of this process. */
  readonly secret: string;
  /** What programs are told to attack, as environment variables or as the argument of a function. */
  readonly targets: Readonly<Record<string, string>>;
  /** How often somebody came to a listener of the host since the last time that this was asked. */
  contacts(): number;
}

/** @param programs the folder of built programs; a copy of it is shown to jobs */
export async function openStage(programs: string, secret: string): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "hutch-attacks-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "secret"), secret, { mode: 0o644 });
  for (const name of ["shown", "writable", "shown/below"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "shown/file"), "shown\n");
  writeFileSync(join(folder, "writable/file"), "written by the host\n");
  writeFileSync(join(folder, "shown/private"), secret, { mode: 0o600 });
  // Root's jobs have an id of their own.
  chmodSync(join(folder, "writable"), 0o777);
  chmodSync(join(folder, "writable/file"), 0o666);
  cpSync(programs, join(folder, "programs"), { recursive: true });
  if (process.geteuid?.() === 0) makePrivileged(folder);

  let contacts = 0;
  const count = (): Server =>
    createServer((socket) => {
      contacts += 1;
      socket.on("error", () => {
        // A job may end in the middle of it.
      });
      socket.end();
    });
  const name = `hutch-attacks-${crypto.randomUUID()}`;
  const servers = await Promise.all([
    listen(count(), { port: 0, host: "127.0.0.1" }),
    listen(count(), { path: `\0${name}` }),
    listen(count(), { path: join(folder, "socket") }),
  ]);
  chmodSync(join(folder, "socket"), 0o777);
  const key = makeSegment();
  const address = servers[0]?.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    folder,
    secret,
    targets: {
      TARGET_FOLDER: folder,
      TARGET_FILE: join(folder, "secret"),
      TARGET_PORT: `${port}`,
      TARGET_NAME: name,
      TARGET_SOCKET: join(folder, "socket"),
      TARGET_PID: `${process.pid}`,
      TARGET_PREFIX: SECRET_PREFIX,
      TARGET_KEY: `${key}`,
      TARGET_FREE_PORT: `${await freePort()}`,
    },
    contacts: () => {
      const came = contacts;
      contacts = 0;
      return came;
    },
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) server.close();
      Bun.spawnSync(["ipcrm", "--shmem-key", `${key}`]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the stage itself needs of the built programs. */
export const STAGE_PROGRAM = "who-am-i.c";

/** Programs of root that give who executes them rights, where nothing holds them. */
function makePrivileged(folder: string): void {
  const privileged = join(folder, "privileged");
  mkdirSync(privileged);
  const program = join(folder, "programs/who-am-i");
  if (!existsSync(program)) return;
  for (const [name, mode] of [
    ["set-user-id", 0o4755],
    ["set-group-id", 0o2755],
    ["file-capabilities", 0o755],
  ] as const) {
    cpSync(program, join(privileged, name));
    chmodSync(join(privileged, name), mode);
  }
  // What setcap(8) writes for CAP_NET_RAW, effective. Without Python this one program has no rights to give.
  const attribute = `import os, sys; os.setxattr(sys.argv[1], "security.capability", bytes.fromhex("0100000200200000" + "00" * 12))`;
  Bun.spawnSync(["/usr/bin/python3", "-c", attribute, join(privileged, "file-capabilities")]);
}

/** @returns the key of a System V segment that everybody may read; 0 where this machine has no util-linux to make one */
function makeSegment(): number {
  const made = Bun.spawnSync(["ipcmk", "--shmem", "4096", "--mode", "0666"]).stdout.toString();
  const id = /(\d+)\s*$/.exec(made)?.[1] ?? "";
  const line = readFileSync("/proc/sysvipc/shm", "utf8")
    .split("\n")
    .map((each) => each.trim().split(/\s+/))
    .find((fields) => fields[1] === id);
  return Number(line?.[0] ?? 0);
}

async function freePort(): Promise<number> {
  const server = await listen(createServer(), { port: 0, host: "0.0.0.0" });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function listen(server: Server, where: { port: number; host: string } | { path: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(where, () => resolve(server));
  });
}
