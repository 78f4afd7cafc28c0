throw new Error("broken at load");
export function never(): void {}
