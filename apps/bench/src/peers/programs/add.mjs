// The function that peers with threads call.
export default function add({ a, b }) {
  return a + b;
}
