// An error of a job's own code, rebuilt on this side as plain data: no class of the job's making ever exists here.

const MAX_LINES = 100;

export function rebuildError(response: {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}): Error {
  const error = new Error(response.message);
  Object.defineProperty(error, "name", { value: response.name, configurable: true, enumerable: false, writable: true });
  const stack = response.stack.split("\n").slice(0, MAX_LINES).join("\n");
  Object.defineProperty(error, "stack", { value: stack, configurable: true, enumerable: false, writable: true });
  return error;
}
