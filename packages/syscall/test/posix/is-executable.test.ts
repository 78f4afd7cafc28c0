import { expect, test } from "bun:test";
import { isExecutable, MFD, memfdCreate, O, open, writeAll } from "../../src/index.ts";

using self = open("/proc/self/exe", O.RDONLY);
const kernelTells = isExecutable(self.fd) !== null;

test.skipIf(!kernelTells)(
  "isExecutable() says what execveat(2) would, and executes nothing (skipped before Linux 6.14)",
  () => {
    using program = open("/proc/self/exe", O.RDONLY);
    expect(isExecutable(program.fd)).toBe(true);
    using plain = memfdCreate("plain", MFD.NOEXEC_SEAL);
    writeAll(plain.fd, Buffer.from("#!/bin/true\n"));
    using text = open(`/proc/self/fd/${plain.fd}`, O.RDONLY);
    expect(isExecutable(text.fd)).toBe(false);
  },
);
