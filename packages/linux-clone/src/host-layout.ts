// The part of the host's file tree that a plan depends on, as data. Read by read-host-layout.ts.

/** Something of the system that every sandbox shows at the same path. */
export type SystemEntry =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

/** What a policy's source is on the host. `path` is free of symbolic links. */
export interface SourceFacts {
  readonly path: string;
  readonly kind: "folder" | "file";
}

export interface HostLayout {
  readonly system: readonly SystemEntry[];
  /** By the source as the policy spells it. What is not in here is taken for a folder: binding it then says what is wrong. */
  readonly sources: ReadonlyMap<string, SourceFacts>;
}

export const NO_LAYOUT: HostLayout = { system: [], sources: new Map() };
