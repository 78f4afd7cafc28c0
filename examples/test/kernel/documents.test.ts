// Runs what README.md and docs/ show: every TypeScript block, and every line of the README's command line.
// Needs: a machine on which the default sandbox can be enforced.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canRun } from "./can-run.ts";

const ROOT = join(import.meta.dir, "../../..");
const EXAMPLES = join(ROOT, "examples");
const TIMEOUT_MS = 60_000;

const documents = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

function blocks(document: string, language: string): string[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) => block);
}

describe.skipIf(!canRun())("documents (run where the default sandbox can be)", () => {
  /** A project of somebody who installed hutch, with the files that the documents speak of. */
  let project = "";
  beforeAll(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "hutch-documents-")));
    // The job's user outside is not ours where root starts it.
    chmodSync(project, 0o755);
    mkdirSync(join(project, "reports"));
    mkdirSync(join(project, "policies"));
    writeFileSync(join(project, "policies/test.json"), blocks("docs/policies.md", "json")[0] ?? "");
    mkdirSync(join(project, "untrusted"));
    writeFileSync(join(project, "untrusted/tasks.ts"), blocks("docs/functions.md", "ts")[0] ?? "");
    mkdirSync(join(project, "node_modules"));
    mkdirSync(join(project, "bin"));
    for (const [name, from] of [
      ["hutch", "hutch"],
      ["typescript", "typescript-js"],
    ] as const) {
      symlinkSync(realpathSync(join(EXAMPLES, "node_modules", from)), join(project, "node_modules", name));
    }
    for (const name of ["tasks.ts", "upper.wasm", "hello.wasm"])
      copyFileSync(join(EXAMPLES, "untrusted", name), join(project, name));
    copyFileSync(join(ROOT, "README.md"), join(project, "README.md"));
    writeFileSync(
      join(project, "transpile.ts"),
      'import ts from "typescript";\nexport const version = (): string => ts.version;\n',
    );
    symlinkSync(EXAMPLES, join(project, "examples"));
    const main = join(ROOT, "packages/cli/src/main.ts");
    const script = `#!/bin/sh\nexec "${process.execPath}" --conditions=hutch-source "${main}" "$@"\n`;
    writeFileSync(join(project, "bin/sandbox-cli"), script, { mode: 0o755 });
  });
  afterAll(() => rmSync(project, { recursive: true }));

  async function runs(
    argv: readonly string[],
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }> {
    const env = {
      ...process.env,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      PATH: `${join(project, "bin")}:${process.env.PATH ?? ""}`,
    };
    const child = Bun.spawn([...argv], { cwd: project, stdin: "ignore", stdout: "pipe", stderr: "pipe", env });
    const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { stdout, stderr, exitCode };
  }

  const snippets = documents.flatMap((document) =>
    blocks(document, "ts").map((code, index) => [`${document} #${index + 1}`, code] as const),
  );
  test.each(snippets)(
    "%s runs as it stands",
    async (name, code) => {
      const file = join(project, `${name.replaceAll(/\W/g, "-")}.ts`);
      writeFileSync(file, code);
      expect(await runs([process.execPath, "--conditions=hutch-source", file])).toMatchObject({
        stderr: "",
        exitCode: 0,
      });
    },
    TIMEOUT_MS,
  );

  test("the policy file of docs/policies.md leads to its schema", async () => {
    const { $schema } = await Bun.file(join(project, "policies/test.json")).json();
    const schema = await Bun.file(join(project, "policies", $schema)).json();
    expect(Object.keys(schema.properties)).toContain("bestEffort");
  });

  const lines = blocks("README.md", "sh")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line.startsWith("sandbox-cli "));
  test.each(lines)(
    "README.md: %s",
    async (line) => {
      expect(await runs(["/bin/sh", "-c", line])).toMatchObject({ exitCode: 0 });
    },
    TIMEOUT_MS,
  );

  test("README.md has ten lines of the command line", () => {
    expect(lines).toHaveLength(10);
  });
});

describe("documents", () => {
  test.each(documents)("%s links to files that exist", (document) => {
    const text = readFileSync(join(ROOT, document), "utf8");
    const folder = join(ROOT, document, "..");
    const targets = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
    for (const target of targets) expect(() => realpathSync(join(folder, target))).not.toThrow();
  });

  test("the pages of docs/ form one row", () => {
    const seen: string[] = [];
    for (let page = "cli.md"; page !== ""; ) {
      seen.push(page);
      const text = readFileSync(join(ROOT, "docs", page), "utf8");
      page = /\[Next: [^\]]+\]\(([^)]+)\)/.exec(text)?.[1] ?? "";
      if (page !== "") expect(readFileSync(join(ROOT, "docs", page), "utf8")).toContain(`(${seen.at(-1)})`);
    }
    expect(seen.toSorted()).toEqual(
      documents
        .filter((name) => name !== "README.md")
        .map((name) => name.slice("docs/".length))
        .toSorted(),
    );
  });
});
