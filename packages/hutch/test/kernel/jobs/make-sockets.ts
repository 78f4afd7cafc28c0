// Sockets of each kind, made in a function.
import { native } from "./native-calls.ts";

const [AF_UNIX, AF_INET] = [1, 2];
const [STREAM, DGRAM, SEQPACKET] = [1, 2, 5];
const SOCKETPAIR = process.arch === "x64" ? 53 : 199;

export interface Made {
  readonly stream: number;
  readonly datagrams: number;
  readonly inet: number;
  readonly pair: number;
  readonly packets: number;
  readonly pairOfDatagrams: number;
}

/** 0, or a negated errno. */
const made = (result: number): number => Math.min(0, result);

export function makeSockets(): Made {
  const pair = (type: number): number => made(native("syscall", SOCKETPAIR, AF_UNIX, type, 0, new Uint8Array(8), 0, 0));
  return {
    stream: made(native("socket", AF_UNIX, STREAM, 0)),
    datagrams: made(native("socket", AF_UNIX, DGRAM, 0)),
    inet: made(native("socket", AF_INET, STREAM, 0)),
    pair: pair(STREAM),
    packets: pair(SEQPACKET),
    pairOfDatagrams: pair(DGRAM),
  };
}

export async function startProgram(): Promise<string> {
  const child = Bun.spawn(["/bin/cat"], { stdin: "pipe", stdout: "pipe" });
  child.stdin.write("started");
  child.stdin.end();
  return new Response(child.stdout).text();
}
