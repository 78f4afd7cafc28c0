// A WASI command: argv, environment, stdin, stdout and stderr. No files, no sockets: nothing is opened for it.
import { File, OpenFile, WASI, Fd as WasiFd, wasi } from "@bjorn3/browser_wasi_shim";
import type { JobRequest, JobResponse } from "@hutch/core";
import { exitGroup, type Fd, STDERR, STDOUT } from "@hutch/syscall";
import { compileModule, WasmError } from "./compile-wasm.ts";
import { writeInPlace } from "./standard-streams.ts";

type WasiRequest = Extract<JobRequest, { kind: "wasi" }>;

/** A descriptor that the command can only write to. */
class Output extends WasiFd {
  readonly #fd: Fd;
  constructor(fd: Fd) {
    super();
    this.#fd = fd;
  }
  override fd_fdstat_get(): { ret: number; fdstat: wasi.Fdstat } {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_CHARACTER_DEVICE, 0);
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_WRITE);
    return { ret: wasi.ERRNO_SUCCESS, fdstat };
  }
  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    const failed = writeInPlace(this.#fd, data) !== null;
    return { ret: failed ? wasi.ERRNO_PIPE : wasi.ERRNO_SUCCESS, nwritten: failed ? 0 : data.byteLength };
  }
}

/** Answers with no bytes for exit code 0. Any other code becomes the process's own and there is no answer. */
export function runWasi({ argv }: WasiRequest, module: Uint8Array, stdin: Uint8Array): JobResponse {
  const env = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  const system = new WASI([...argv], env, [
    new OpenFile(new File(stdin, { readonly: true })),
    new Output(STDOUT),
    new Output(STDERR),
  ]);
  const instance = new WebAssembly.Instance(compileModule(module), { wasi_snapshot_preview1: system.wasiImport });
  const { memory, _start } = instance.exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof _start !== "function") {
    throw new WasmError('Cannot run the wasm module: a WASI command exports "_start" and its memory as "memory"');
  }
  const code = system.start({ exports: { memory, _start: _start as () => unknown } });
  if (code === 0) return { kind: "value", bytes: new Uint8Array(0) };
  // A process has eight bits for it; a failure must not turn into success by losing the others.
  exitGroup((code & 0xff) === 0 ? 0xff : code & 0xff);
}
