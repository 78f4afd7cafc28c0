// Who may import whom (docs: architecture). Data only; check-boundaries.ts enforces it.

export interface ImportRule {
  /** Packages of ours that the sources of this package may import. */
  readonly imports: readonly string[];
  /** Packages that it may only locate (`import.meta.resolve`), to start them as programs. */
  readonly locates?: readonly string[];
  /** No I/O: neither `node:`, `bun` and `bun:` modules nor the globals `Bun` and `process`. */
  readonly pure?: true;
}

export const importTable: Readonly<Record<string, ImportRule>> = {
  "@hutch/core": { imports: [], pure: true },
  "@hutch/syscall": { imports: [] },
  "@hutch/fdpass": { imports: ["@hutch/syscall", "@hutch/core"] },
  "@hutch/posix-fork": { imports: ["@hutch/core", "@hutch/syscall", "@hutch/fdpass"] },
  "@hutch/linux-clone": { imports: ["@hutch/core", "@hutch/syscall", "@hutch/fdpass"] },
  "@hutch/worker": {
    imports: ["@hutch/core", "@hutch/syscall", "@hutch/fdpass", "@hutch/posix-fork", "@hutch/linux-clone"],
  },
  // The backends too: a single command is launched by the host itself, from the same plan as a worker's (docs/architecture.md).
  hutch: {
    imports: ["@hutch/core", "@hutch/fdpass", "@hutch/syscall", "@hutch/posix-fork", "@hutch/linux-clone"],
    locates: ["@hutch/worker"],
  },
  "sandbox-cli": { imports: ["hutch"], locates: ["@hutch/worker", "@hutch/bench"] },
  "@hutch/bench": {
    imports: ["hutch", "@hutch/fdpass", "@hutch/posix-fork", "@hutch/linux-clone"],
    locates: ["sandbox-cli"],
  },
  "@hutch/attacks": { imports: ["hutch"] },
  "@hutch/examples": { imports: ["hutch"] },
};

/** The one package that may load native code. */
export const ffiPackage = "@hutch/syscall";

/** The one file that may ask which platform this is. */
export const platformFile = "packages/syscall/src/platform.ts";
