// Forks copies; each writes one sample of every source of randomness to stdout. Arguments: how many, and "reseed" or "as-is".
import nodeCrypto from "node:crypto";
import { exitGroup, STDOUT, toFd, wait4, writeAll } from "@hutch/syscall";
import { reseed } from "../../src/warm/randomness.ts";
import { ForkServer } from "./fork-server.ts";

const [count = "1", mode = "reseed"] = process.argv.slice(2);

function sources(): readonly Uint8Array[] {
  const fromHex = (text: string): Uint8Array => Buffer.from(text.replaceAll("-", ""), "hex");
  const numbers = new Float64Array([Math.random(), Math.random()]);
  const integers = new Float64Array([nodeCrypto.randomInt(2 ** 47), nodeCrypto.randomInt(2 ** 47)]);
  return [
    new Uint8Array(numbers.buffer),
    fromHex(crypto.randomUUID()),
    crypto.getRandomValues(new Uint8Array(16)),
    fromHex(Bun.randomUUIDv7()),
    new Uint8Array(nodeCrypto.randomBytes(16)),
    fromHex(nodeCrypto.randomUUID()),
    new Uint8Array(integers.buffer),
    nodeCrypto.webcrypto.getRandomValues(new Uint8Array(16)),
  ];
}

// The worker uses every source first, so that each has a state that a copy could share.
sources();
const server = new ForkServer();
for (let i = 0; i < Number(count); i++) {
  const forked = server.fork(STDOUT, STDOUT, mode === "reseed" ? reseed : () => undefined);
  if (forked === "in-job") {
    const record = new Uint8Array(Buffer.concat([...sources()]));
    writeAll(toFd(1), record);
    exitGroup(0);
  }
  wait4(forked.pid as never);
  forked.pidfd.close();
}
process.exit(0);
