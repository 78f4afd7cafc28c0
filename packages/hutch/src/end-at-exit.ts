// What is ended when this process exits: workers that nobody closed, with the jobs that wait in them.
// The kernel would end them too, a little later, and their cgroups would stay until the next host comes.
const endings = new Set<() => void>();

function endAll(): void {
  for (const end of endings) end();
}

/** @param end synchronous @returns to be called when there is nothing to end any more */
export function endAtExit(end: () => void): () => void {
  // ORDER: before the cgroups are removed, which is a listener of the same event.
  if (endings.size === 0) process.prependListener("exit", endAll);
  endings.add(end);
  return () => {
    endings.delete(end);
    if (endings.size === 0) process.off("exit", endAll);
  };
}
