// An error of a job's own code, rebuilt on this side as plain data: no class of the job's making ever exists here.

const MAX_LINES = 100;

export function rebuildError(response: {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}): Error {
  const error = withoutFrames(response.message);
  Object.defineProperty(error, "name", { value: response.name, configurable: true, enumerable: false, writable: true });
  const stack = response.stack.split("\n").slice(0, MAX_LINES).join("\n");
  Object.defineProperty(error, "stack", { value: stack, configurable: true, enumerable: false, writable: true });
  return error;
}

/** Where the job's stack has no frames, who prints the error would show lines of ours in their place. */
function withoutFrames(message: string): Error {
  const { stackTraceLimit } = Error;
  // Not by assignment, which throws where a program has frozen what the language gives it.
  Reflect.set(Error, "stackTraceLimit", 0);
  const error = new Error(message);
  Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  return error;
}
