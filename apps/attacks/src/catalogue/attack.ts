// One attack of the list: what it is, and where else than in a scenario it is seen to fail.

/** A test of a package: its file, and a text that is in its title. */
type SeenBy = readonly [file: string, title: string];

export interface Attack {
  readonly id: string;
  readonly does: string;
  readonly tests?: readonly SeenBy[];
  /** Why there is nothing to run: what it attacks is not there, or is documented as open. */
  readonly because?: string;
}

export const HUTCH = "packages/hutch/test/kernel";
export const LINUX = "packages/linux-clone/test/kernel";
