// Runs the program of a cold job as a plain process: a socket pair stands for the host, nothing is confined.
import {
  type DecodedResponse,
  decodeResponse,
  encodeRequest,
  encodeValue,
  type JobRequest,
  type RequestCommon,
  type RequestSlot,
} from "@hutch/core";
import { packRights } from "@hutch/fdpass";
import { SOCK, sealedMemfd, sendmsg, socketpair, writeAll } from "@hutch/syscall";

export interface ColdJob {
  readonly response: DecodedResponse;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly peakMemoryBytes: number;
  readonly cpuMs: number;
}

interface Given {
  /** Bytes that go as memfds, by slot. */
  readonly memfds?: Readonly<Partial<Record<RequestSlot, Uint8Array>>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A module that comes before the request, in one packet with it. */
  readonly load?: string;
}

const PROGRAM = new URL("../../src/job.ts", import.meta.url).pathname;
const DEADLINE_MS = 60_000;

export const common = (payload: Uint8Array, given: Partial<RequestCommon> = {}): RequestCommon => ({
  compression: "none",
  inflatedBytes: 2 ** 20,
  responseBytes: 2 ** 24,
  payload,
  slots: [],
  checksum: "",
  ...given,
});

/** What the job answers and how it ends. @param request a request, or the raw bytes to send instead of one */
export async function runColdJob(request: JobRequest | Uint8Array, given: Given = {}): Promise<ColdJob> {
  using pair = socketpair(SOCK.STREAM);
  using host = pair.a;
  const job = Bun.spawn([process.execPath, "--conditions=hutch-source", PROGRAM], {
    stdio: ["ignore", "pipe", "pipe", pair.b.fd],
    env: { PATH: "/usr/bin:/bin", ...given.env },
    ...(given.cwd === undefined ? {} : { cwd: given.cwd }),
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  pair.b.close();
  const memfds = Object.entries(given.memfds ?? {}).map(([name, bytes]) => sealedMemfd(name, bytes));
  const asked = request instanceof Uint8Array ? request : encodeRequest(request);
  const first = given.load === undefined ? [] : encodeRequest({ kind: "load", module: given.load, checksum: "" });
  const frame = new Uint8Array([...first, ...asked]);
  if (frame.byteLength > 0) {
    const sent = sendmsg(host.fd, frame, packRights(memfds.map(({ fd }) => fd)));
    if (sent < frame.byteLength) writeAll(host.fd, frame.subarray(sent));
  }
  for (const memfd of memfds) memfd.close();
  if (request instanceof Uint8Array) host.close();
  const [answer, stdout, stderr] = await Promise.all([
    request instanceof Uint8Array ? new Uint8Array(0) : new Response(Bun.file(host.fd).stream()).bytes(),
    new Response(job.stdout).text(),
    new Response(job.stderr).text(),
    job.exited,
  ]);
  return {
    response: decodeResponse(answer, 2 ** 24),
    exitCode: job.exitCode,
    signal: job.signalCode === null ? null : String(job.signalCode),
    stdout,
    stderr,
    peakMemoryBytes: job.resourceUsage()?.maxRSS ?? 0,
    cpuMs: Number(job.resourceUsage()?.cpuTime.total ?? 0) / 1000,
  };
}

/** Calls an export of a module with arguments. */
export async function callFunction(
  module: string,
  exportName: string,
  args: readonly unknown[] = [],
  given: Partial<RequestCommon> = {},
): Promise<ColdJob> {
  return await runColdJob({ kind: "function", module, exportName, common: common(encodeValue(args), given) });
}
