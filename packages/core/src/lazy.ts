// A value that is made at its first use: importing core loads no codec, because a command job needs none.

/** Makes the value once. A `make` that throws is tried again at the next use. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
