import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as syscall from "../../src/index.ts";

// Every exported table of numbers, with what stands before its keys in C. Constants newer than the headers are left out.
const odd: Readonly<Record<string, string>> = { W: "W", SIG: "SIG", SIOC: "SIOC", EPOLL: "EPOLL", POLL: "POLL" };
const otherNames: Readonly<Record<string, string>> = { WCLONE: "__WCLONE", WALL: "__WALL", WNOTHREAD: "__WNOTHREAD" };
const notInHeaders = new Set(["AUDIT_ARCH", "FS_MAGIC"]);

const tables = Object.entries(syscall).flatMap(([name, table]) => {
  if (typeof table !== "object" || table === null || notInHeaders.has(name)) return [];
  const entries = Object.entries(table);
  return entries.every(([, value]) => typeof value === "number")
    ? [[name, entries as [string, number][]] as const]
    : [];
});
const constants = tables.flatMap(([table, entries]) =>
  entries.map(([key, value]) => [nameInC(table, key), value] as const),
);

function nameInC(table: string, key: string): string {
  const prefix = odd[table] ?? `${table}_`;
  const name = table === "EPOLL" && ["EXCLUSIVE", "WAKEUP"].includes(key) ? `EPOLL${key}` : prefix + key;
  return otherNames[name] ?? name;
}

const headers = {
  glibc: [
    "fcntl.h",
    "poll.h",
    "sys/epoll.h",
    "sys/eventfd.h",
    "sys/mman.h",
    "sys/mount.h",
    "sys/prctl.h",
    "sys/resource.h",
    "sys/socket.h",
    "sys/statvfs.h",
    "sys/wait.h",
    "signal.h",
    "sched.h",
    "unistd.h",
    "net/if.h",
    "sys/ioctl.h",
  ],
  kernel: [
    "linux/types.h",
    "linux/ioctl.h",
    "linux/mount.h",
    "linux/capability.h",
    "linux/securebits.h",
    "linux/landlock.h",
    "linux/seccomp.h",
    "linux/filter.h",
    "linux/openat2.h",
    "linux/memfd.h",
    "linux/pidfd.h",
    "linux/close_range.h",
    "linux/sched.h",
    "linux/fcntl.h",
    "linux/prctl.h",
    "linux/sockios.h",
  ],
};

function valuesInC(includes: readonly string[], folder: string): Map<string, bigint> {
  const lines = constants.map(([name]) => `#ifdef ${name}\nprintf("${name} %lld\\n", (long long)(${name}));\n#endif`);
  const source = `#define _GNU_SOURCE\n#include <stdio.h>\n${includes.map((file) => `#if __has_include(<${file}>)\n#include <${file}>\n#endif`).join("\n")}\nint main(void) {\n${lines.join("\n")}\nreturn 0; }\n`;
  writeFileSync(`${folder}/constants.c`, source);
  const compiled = Bun.spawnSync([compiler as string, `${folder}/constants.c`, "-o", `${folder}/constants`]);
  expect(compiled.stderr.toString()).toBe("");
  const printed = Bun.spawnSync([`${folder}/constants`])
    .stdout.toString()
    .trim()
    .split("\n");
  return new Map(
    printed.map((line) => line.split(" ") as [string, string]).map(([name, value]) => [name, BigInt(value)]),
  );
}

const compiler = Bun.which("cc") ?? Bun.which("gcc") ?? Bun.which("clang");

describe.skipIf(compiler === null)("exported constants (skipped without a C compiler)", () => {
  test.each(Object.entries(headers))("have the values of the %s headers", (_, includes) => {
    const folder = mkdtempSync(`${tmpdir()}/hutch-constants-`);
    try {
      const inC = valuesInC(includes, folder);
      expect(inC.size).toBeGreaterThan(100);
      const ours = constants
        .filter(([name]) => inC.has(name))
        .map(([name, value]) => `${name} ${BigInt.asUintN(32, BigInt(value))}`);
      const theirs = constants
        .filter(([name]) => inC.has(name))
        .map(([name]) => `${name} ${BigInt.asUintN(32, inC.get(name) as bigint)}`);
      expect(ours).toEqual(theirs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
