/** Version of all packages of one release. `bun run version` sets it; a test keeps it equal to package.json. */
export const HUTCH_VERSION = "0.0.0";
