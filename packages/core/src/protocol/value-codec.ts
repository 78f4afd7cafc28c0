// Job values as bytes: arguments and results of functions. One spelling per value, strict in both directions.
// Nothing from a job is ever given to a native deserializer.
import { describeError } from "../sentence.ts";
import { ProtocolError, ValueError } from "./protocol-error.ts";
import { isJson, readJson, writeJson } from "./value-json.ts";
import { readValue } from "./value-reader.ts";
import { scanValue } from "./value-scan.ts";
import { writeValue } from "./value-writer.ts";

/**
 * Carries null, undefined, booleans, numbers (also -0, NaN, Infinity), bigints, text, every typed array (a Buffer
 * becomes a Uint8Array), ArrayBuffer, DataView, Date, Map, Set, Error (name, message, stack, cause), arrays and plain
 * objects. An object that is there twice becomes two.
 * @param name what the caller calls the value, for errors: `args`
 * @throws HostError VALUE_NOT_ENCODABLE that says where and why: `Cannot encode args[0].onDone: it is a function`
 */
export function encodeValue(value: unknown, name: string = "value"): Uint8Array {
  return writeJson(value) ?? writeValue(value, name);
}

/**
 * Safe for bytes of a job: bounded in depth, items and time, and no code of the value runs. Every part of the result
 * is the caller's own copy; an Error is a plain Error whatever its name says; a key `__proto__` is a property like
 * any other.
 * @throws ValueError for anything but the bytes of one value, whole
 */
export function decodeValue(bytes: Uint8Array): unknown {
  if (isJson(bytes)) return readJson(bytes);
  scanValue(bytes);
  try {
    return readValue(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ValueError(`Cannot read the value: ${describeError(error)}`, { cause: error });
  }
}
