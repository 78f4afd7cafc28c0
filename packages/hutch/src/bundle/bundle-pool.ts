// The options of a pool whose module is bundled: jobs see one file in place of the module's folder.
import type { FileEntry } from "@hutch/core";
import { checksumOf } from "../checksum.ts";
import { onHost } from "../host-failure.ts";
import type { CheckedPoolOptions } from "../pool-options.ts";
import { decodeBundle, encodeBundle } from "./bundle-file.ts";
import { bundleModule } from "./bundle-module.ts";
import type { BundlePlan } from "./bundle-plan.ts";
import { takeSnapshot } from "./folder-snapshot.ts";

/** @throws JobError for a module that does not bundle; HostError; `signal.reason` */
export async function withBundle(
  options: CheckedPoolOptions,
  signal: AbortSignal | undefined,
): Promise<CheckedPoolOptions> {
  const { bundle, module, policy } = options;
  if (bundle === null || module === null) return options;
  const code = await obtainBundle(options, bundle, module, signal);
  const path = `${module.replace(/\.[cm]?[jt]sx?$/, "")}.js`;
  const file: FileEntry = { kind: "content", path, content: code };
  const files = policy.files.map((entry) => (entry === bundle.shown ? file : entry));
  const checksum = checksumOf(new TextEncoder().encode(code));
  return { ...options, module: path, checksum, policy: { ...policy, files } };
}

async function obtainBundle(
  { store, policy }: CheckedPoolOptions,
  { shown, external }: BundlePlan,
  entry: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { backend, bestEffort } = policy;
  const sandbox = { backend, bestEffort };
  const snapshot =
    store === null ? null : onHost("read the module's folder", () => takeSnapshot(shown.source, shown.path));
  // Without a store nothing is known by its content, and the bundler may as well see the folder itself.
  if (store === null || snapshot === null)
    return await bundleModule({ files: [shown], entry, external, sandbox }, signal);
  return await store.obtain({
    kind: "bundle",
    content: [snapshot.checksum, entry, ...external.toSorted()],
    conditions: JSON.stringify(sandbox),
    signal,
    decode: decodeBundle,
    encode: encodeBundle,
    make: (ended) => bundleModule({ files: snapshot.files(), entry, external, sandbox }, ended),
  });
}
