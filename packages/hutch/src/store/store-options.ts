// What openStore() takes.
import { refuseUnknown } from "../refuse-unknown.ts";
import { checkWholeNumber } from "../whole-number.ts";

/** Options of openStore(). */
export interface StoreOptions {
  /** Made where it is missing. It must be this user's own, and nobody else may write to it. */
  readonly folder: string;
  /** All artifacts together; the least recently used go first. 1 GiB unless given. */
  readonly maxBytes?: number;
  /** An artifact that was not used for so long goes. 30 days unless given. */
  readonly maxAgeMs?: number;
  /** From a failed preparation that another try may mend until that try, twice as long each time. 30 seconds unless given. */
  readonly coolDownMs?: number;
  /** Most tries of one preparation; the last error stays then. 8 unless given: that is after an hour. */
  readonly tries?: number;
}

const KNOWN = ["folder", "maxBytes", "maxAgeMs", "coolDownMs", "tries"];
const GiB = 2 ** 30;
const DAY_MS = 86_400_000;
const MOST_TRIES = 32;

/** @throws TypeError or RangeError that names the option */
export function checkStoreOptions(options: StoreOptions): Required<StoreOptions> {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`Cannot use ${String(options)} as options: expected an object with "folder"`);
  refuseUnknown(options, KNOWN);
  const { folder } = options;
  if (typeof folder !== "string" || folder === "" || folder.includes("\0"))
    throw new TypeError(`Cannot use folder = ${JSON.stringify(folder)}: expected the path of a folder`);
  const most = Number.MAX_SAFE_INTEGER;
  return {
    folder,
    maxBytes: checkWholeNumber("maxBytes", options.maxBytes ?? GiB, 1, most),
    maxAgeMs: checkWholeNumber("maxAgeMs", options.maxAgeMs ?? 30 * DAY_MS, 1, most),
    coolDownMs: checkWholeNumber("coolDownMs", options.coolDownMs ?? 30_000, 0, most),
    tries: checkWholeNumber("tries", options.tries ?? 8, 1, MOST_TRIES),
  };
}
