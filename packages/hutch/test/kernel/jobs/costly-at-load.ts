// A module that takes CPU time when it is evaluated, and again when it is called.
const SPIN_MS = 700;

function spin(): void {
  const end = performance.now() + SPIN_MS;
  while (performance.now() < end);
}

spin();

export function work(): string {
  spin();
  return "done";
}
