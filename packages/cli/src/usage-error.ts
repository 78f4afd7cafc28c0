// The user's own mistake on the command line: exit status 2, one message, no stack trace.
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  /** Further lines that say what to do. */
  readonly hints: readonly string[];
  constructor(message: string, hints: readonly string[] = []) {
    super(message);
    this.hints = hints;
  }
}
