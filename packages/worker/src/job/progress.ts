/** What the runtime waits for, for the error text when it never comes. */
export interface Progress {
  waitsFor: string;
}
