// The smallest program that says a result, for Node.js.
console.log(19 + 23);
