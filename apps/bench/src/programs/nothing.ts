// The start and the end of Bun, and nothing between.
export {};
