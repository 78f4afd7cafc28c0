// The main job on real input: an untrusted TypeScript file and an untrusted native program read this project's
// CONTRIBUTING.md, each in the full sandbox. Then hostile ones are stopped.
//   npx --yes bun@1.4.5 run demo
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createPool, HostError, type Outcome, type Pool, probe, type Report, run, SandboxRefusedError } from "hutch";
import { findInterpreter } from "./demo/interpreter.ts";
import { jobRow, note, tableHead } from "./demo/job-table.ts";
import { heading, paint, wrap } from "./demo/page.ts";
import { showControls, showRefusal } from "./demo/show-controls.ts";

type TextReport = typeof import("./untrusted/text-report.ts");
type Hostile = typeof import("./untrusted/hostile.ts");

const MiB = 2 ** 20;
const LIMITS = { cpuMs: 500, wallMs: 20_000, memoryBytes: 256 * MiB, processes: 32, outputBytes: MiB } as const;
const inputPath = fileURLToPath(new URL("../CONTRIBUTING.md", import.meta.url));
const untrusted = (name: string): string => fileURLToPath(new URL(`./untrusted/${name}`, import.meta.url));

async function main(): Promise<void> {
  const machine = probe();
  console.log(paint("bold", "Hutch: code that nobody trusts, each job in a process and a sandbox of its own"));
  console.log(
    `Bun ${machine.bunVersion}, Linux ${machine.kernel}, ${machine.uid === 0 ? "root" : `unprivileged user ${machine.uid}`}`,
  );
  console.log(wrap(machine.cgroups, 9, "cgroups:"));

  const text = readFileSync(inputPath, "utf8");
  heading(`Two programs that nobody trusts read CONTRIBUTING.md (${text.length} characters)`);
  console.log(tableHead());
  const functionReport = await runTypeScript(text);
  await runNative(text);

  heading("Hostile ones");
  console.log(tableHead());
  await runHostile();

  showControls("What was enforced for text-report.ts", functionReport);
}

async function runTypeScript(text: string): Promise<Report> {
  await using pool = await createPool<TextReport>({ module: untrusted("text-report.ts"), limits: LIMITS });
  const outcome = await pool.execute("default", [text]);
  console.log(jobRow("text-report.ts", outcome.report, ["ok"]));
  if (!outcome.ok) throw new HostError("HOST_FAILURE", `Cannot show the demo: ${outcome.verdict.reason}`);
  const { words, minutesToRead, longestWord, linesPerHeading } = outcome.value;
  console.log(
    note(
      `${words} words under ${linesPerHeading.size} headings, ${minutesToRead} minutes to read, longest word "${longestWord}"`,
    ),
  );
  if (pool.start === "cold") console.log(note(`functions start cold here: ${pool.startWhy}`));
  return outcome.report;
}

async function runNative(text: string): Promise<void> {
  const { path, extension } = findInterpreter();
  const name = `word-count.${extension}`;
  // The program's folder is all of yours that the job sees, read-only. It sees it as /job.
  const files = [{ kind: "read-only", source: untrusted(""), path: "/job" }] as const;
  const result = await run([path, `/job/${name}`], { stdin: text, limits: LIMITS, policy: { files } });
  console.log(jobRow(name, result.report, ["ok"]));
  if (!result.ok) throw new HostError("HOST_FAILURE", `Cannot show the demo: ${result.verdict.reason}`);
  console.log(note(`most frequent words: ${result.text().trim().replaceAll("\n", ", ")}`));
}

async function runHostile(): Promise<void> {
  await using pool = await createPool<Hostile>({ module: untrusted("hostile.ts"), limits: LIMITS });
  const snooped = await pool.execute("snoop", [inputPath]);
  console.log(jobRow("hostile.ts snoops around", snooped.report, ["ok"]));
  if (snooped.ok) for (const [what, came] of Object.entries(snooped.value)) console.log(note(`${what}: ${came}`));

  await showFunction(pool, "mine", "hostile.ts mines", "cpu-limit");
  await showFunction(pool, "hoard", "hostile.ts eats memory", "memory-limit");
  const sh = (script: string): readonly string[] => ["/bin/sh", "-c", script];
  // Where no cgroup counts refused processes, the shell's own failure is all that shows.
  await showCommand(sh("bomb() { bomb & bomb; }; bomb"), "fork bomb", ["process-limit", "failed"]);
  await showCommand(sh("yes"), "floods its output", ["output-limit"]);
}

async function showFunction(pool: Pool<Hostile>, name: "mine" | "hoard", title: string, wanted: string): Promise<void> {
  // Filling memory takes CPU time, and the memory limit is to be met first.
  const limits = wanted === "memory-limit" ? { memoryBytes: 128 * MiB, cpuMs: 3_000 } : {};
  const outcome: Outcome<never> = await pool.execute(name, [], { limits });
  console.log(jobRow(title, outcome.report, [wanted]));
  console.log(note(outcome.verdict.reason));
}

async function showCommand(argv: readonly string[], title: string, wanted: readonly string[]): Promise<void> {
  const { report, verdict } = await run(argv, { limits: LIMITS });
  console.log(jobRow(title, report, wanted));
  console.log(note(verdict.reason));
}

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  if (error instanceof SandboxRefusedError) showRefusal(error);
  else if (error instanceof HostError) console.error([error.message, ...error.hints].join("\n  "));
  else throw error;
}
