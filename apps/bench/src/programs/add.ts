// The smallest program in TypeScript that says a result.
const add = (a: number, b: number): number => a + b;
console.log(add(19, 23));
