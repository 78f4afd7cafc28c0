// Whatever user code threw, as the three texts of an error response. Never throws itself.
import type { JobResponse } from "@hutch/core";

export type ErrorResponse = Extract<JobResponse, { kind: "error" }>;

const MOST_CAUSES = 4;
const RUNTIME_FOLDER = `${import.meta.dirname}/`;

export function describeError(thrown: unknown): ErrorResponse {
  try {
    if (isBuildMessage(thrown)) return describeBuild([thrown]);
    if (thrown instanceof AggregateError && thrown.errors.length > 0 && thrown.errors.every(isBuildMessage))
      return describeBuild(thrown.errors);
    if (!(thrown instanceof Error) && !looksLikeError(thrown)) {
      return {
        kind: "error",
        name: "Error",
        message: `a value that is not an Error was thrown: ${show(thrown)}`,
        stack: "",
      };
    }
    const { name, message } = thrown;
    return { kind: "error", name: String(name), message: String(message), stack: stackOf(thrown) };
  } catch (hostile) {
    // TRUST: its getters are the user's code and may throw.
    return {
      kind: "error",
      name: "Error",
      message: `an error was thrown that can not be read: ${typeof hostile}`,
      stack: "",
    };
  }
}

interface ErrorLike {
  readonly name: unknown;
  readonly message: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
}

/** Errors of another realm (node:vm) are not instances of our Error. */
function looksLikeError(value: unknown): value is ErrorLike {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { message?: unknown }).message === "string" &&
    "stack" in value
  );
}

function stackOf(error: ErrorLike): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  for (
    let current: unknown = error;
    looksLikeError(current) && !seen.has(current) && seen.size <= MOST_CAUSES;
    current = current.cause
  ) {
    seen.add(current);
    parts.push(withoutRuntime(String(current.stack ?? "")));
  }
  return parts.join("\nCaused by: ");
}

/** Frames of ours called the user's code: these and what is below are not the user's business. */
function withoutRuntime(stack: string): string {
  const lines = stack.split("\n");
  const ours = lines.findIndex((line) => line.includes(RUNTIME_FOLDER));
  return (ours === -1 ? lines : lines.slice(0, ours)).join("\n");
}

interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly lineText?: string;
}

interface BuildMessage {
  readonly message: string;
  readonly position: Position | null;
}

function isBuildMessage(value: unknown): value is BuildMessage {
  return typeof value === "object" && value !== null && (value as { name?: unknown }).name === "BuildMessage";
}

function describeBuild(messages: readonly BuildMessage[]): ErrorResponse {
  const texts = messages.map(({ message, position }) =>
    position === null ? message : `${message} at ${position.file}:${position.line}:${position.column}`,
  );
  const source = messages[0]?.position?.lineText;
  return {
    kind: "error",
    name: "SyntaxError",
    message: `Cannot parse the module: ${texts[0] ?? "unknown reason"}`,
    stack: [...texts, ...(source === undefined ? [] : [`  ${source}`])].join("\n"),
  };
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : Bun.inspect(value, { depth: 2 });
}
