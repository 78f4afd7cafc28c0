// The arguments of sandbox-cli exec, from --input and --args.
import type { Flags } from "./parse-flags.ts";
import { readBytes, readStdin } from "./read-bytes.ts";
import { UsageError } from "./usage-error.ts";
import { jsonToValue } from "./value-json.ts";

const SHOWN = 60;

/** Arguments of a function. @throws UsageError */
export async function functionArguments(flags: Flags): Promise<readonly unknown[]> {
  const input = flags.value("input");
  const args = flags.value("args");
  if (input !== undefined && args !== undefined) throw new UsageError("--input and --args: expected one of them");
  if (args !== undefined) {
    const values = parseJson("--args", args);
    if (!Array.isArray(values))
      throw new UsageError(`--args ${shown(args)}: expected a JSON array, such as '[1, "two"]'`);
    return values;
  }
  if (input === undefined) return [];
  const raw = await rawInput(input);
  return [raw === null ? parseJson("--input", input) : parseJson("--input", decodeUtf8(input, raw), input)];
}

/** Input bytes of WebAssembly: the text as it is, or what is in a file or on stdin. @throws UsageError */
export async function inputBytes(flags: Flags): Promise<Uint8Array> {
  if (flags.has("args")) throw new UsageError("--args: WebAssembly takes its bytes from --input");
  const input = flags.value("input");
  if (input === undefined) return new Uint8Array();
  return (await rawInput(input)) ?? new TextEncoder().encode(input);
}

/** null when the input is the text itself. */
async function rawInput(input: string): Promise<Uint8Array<ArrayBuffer> | null> {
  if (input === "-") return await readStdin();
  return input.startsWith("@") ? await readBytes(input.slice(1)) : null;
}

function decodeUtf8(source: string, bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`--input ${source}: expected JSON, and it is not UTF-8 text (${(cause as Error).message})`);
  }
}

/** @param source `@FILE` or `-`, where the text is not what the user typed */
function parseJson(flag: string, text: string, source?: string): unknown {
  const given = `${flag} ${source ?? shown(text)}`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    if (source === "-" && text === "") throw new UsageError(`${given}: expected JSON on stdin, which is empty`);
    const hints = source === undefined ? [`text is quoted in JSON: ${flag} '"text"'`] : [];
    throw new UsageError(`${given}: expected JSON (${(cause as Error).message})`, hints);
  }
  try {
    return jsonToValue(json);
  } catch (cause) {
    throw new UsageError(`${given}: ${(cause as Error).message}`);
  }
}

function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
