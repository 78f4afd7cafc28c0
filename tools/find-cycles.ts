// Cycles in a graph of files: Tarjan's strongly connected components.

export function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];

  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!edges.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (open.includes(next)) low.set(node, Math.min(number(low, node), number(low, next)));
    }
    if (number(low, node) !== number(index, node)) return;
    const component = open.splice(open.indexOf(node));
    const isLoop = component.length > 1 || (edges.get(node) ?? []).includes(node);
    if (isLoop) cycles.push(orderAlong(edges, component));
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return cycles;
}

/** One shortest loop through the first file of the component, so that the message can be followed. */
function orderAlong(edges: ReadonlyMap<string, readonly string[]>, component: readonly string[]): string[] {
  const start = [...component].sort()[0] ?? "";
  const members = new Set(component);
  const paths: string[][] = [[start]];
  const seen = new Set<string>();
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    for (const next of edges.get(path.at(-1) ?? "") ?? []) {
      if (next === start) return path;
      if (!members.has(next) || seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [...component];
}

function number(map: ReadonlyMap<string, number>, key: string): number {
  return map.get(key) ?? Number.POSITIVE_INFINITY;
}
