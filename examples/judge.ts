// A small judge: runs a submitted program against test cases, under limits, and says how each went.
//   bun install && bun --conditions=hutch-source examples/judge.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { existsSync } from "node:fs";
import { type Limits, run, type VerdictStatus } from "hutch";

interface TestCase {
  readonly input: string;
  readonly expected: string;
}

type Mark = "accepted" | "wrong answer" | VerdictStatus;

const CASES: readonly TestCase[] = [
  { input: "2 3\n", expected: "5" },
  { input: "1000000000000 1\n", expected: "1000000000001" },
  { input: "-4 4\n", expected: "0" },
];

const LIMITS: Partial<Limits> = {
  cpuMs: 500,
  // For a program that waits for ever. One that computes has its CPU time, however busy the machine is.
  wallMs: 20_000,
  memoryBytes: 64 * 2 ** 20,
  processes: 8,
  outputBytes: 64 * 1024,
};

const PYTHON = "/usr/bin/python3";
const interpreter = existsSync(PYTHON) ? PYTHON : "/bin/sh";

/** Submissions in Python, and in shell for machines without it. */
const SUBMISSIONS: Readonly<Record<string, readonly [python: string, shell: string]>> = {
  right: ["a, b = map(int, input().split())\nprint(a + b)", "read a b; echo $((a + b))"],
  wrong: ["a, b = map(int, input().split())\nprint(abs(a) + b)", "read a b; echo $((a * b))"],
  crashes: ["raise SystemExit(7)", "exit 7"],
  "never ends": ["while True: pass", "while :; do :; done"],
  "eats memory": ["x = 'x'\nwhile True: x += x", "x=x; while :; do x=$x$x; done"],
};

async function judge(program: string, { input, expected }: TestCase): Promise<Mark> {
  const result = await run([interpreter, "-c", program], { limits: LIMITS, stdin: input });
  if (!result.ok) return result.verdict.status;
  return result.text().trim() === expected ? "accepted" : "wrong answer";
}

console.log(`interpreter: ${interpreter}`);
for (const [name, [python, shell]] of Object.entries(SUBMISSIONS)) {
  const program = interpreter === PYTHON ? python : shell;
  const marks = await Promise.all(CASES.map((testCase) => judge(program, testCase)));
  console.log(`${name.padEnd(12)} ${marks.join(", ")}`);
}
