// The part of the host's file tree that a plan depends on, as data. Read by read-host-layout.ts.

/** Something of the system that every sandbox shows at the same path, or of the policy's root. `source`: where it is on the host. */
export type SystemEntry =
  | { readonly kind: "folder" | "file"; readonly path: string; readonly source: string }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

/** What a policy's source is on the host. `path` is free of symbolic links; `identity` is its inode and device (fileIdentity()). */
export interface SourceFacts {
  readonly path: string;
  readonly kind: "folder" | "file";
  readonly identity: readonly number[];
  /** A file that is a Unix socket. */
  readonly socket?: true;
}

/** `abi` 0: this kernel has none, and `refusal` is the errno that says why. */
export interface LandlockSupport {
  readonly abi: number;
  readonly refusal: string;
  /** The security modules that the kernel was booted with, as its `lsm=` parameter spells them; read where it has no landlock. */
  readonly modules?: string;
}

export interface HostLayout {
  readonly system: readonly SystemEntry[];
  /** By the source as the policy spells it. What is not in here is taken for a folder: binding it then says what is wrong. */
  readonly sources: ReadonlyMap<string, SourceFacts>;
  readonly landlock: LandlockSupport;
}

export const NO_LAYOUT: HostLayout = { system: [], sources: new Map(), landlock: { abi: 0, refusal: "ENOSYS" } };
