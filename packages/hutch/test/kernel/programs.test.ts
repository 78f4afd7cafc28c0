// What people run, under the presets that are for it. docs/presets.md has this as a table.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileEntry, PRESET_NAMES, type PresetName, run } from "../../src/index.ts";

interface Program {
  readonly title: string;
  /** What its row in the table begins with. */
  readonly row: string;
  /** Programs that it needs on this machine. */
  readonly needs: readonly string[];
  /** From the least that it runs under on, in the order of PRESET_NAMES. */
  readonly under: PresetName;
  readonly script: string;
  readonly says: string | RegExp;
  readonly files?: (folder: string) => readonly FileEntry[];
}

const THREADS =
  "import threading\nb=threading.Barrier(201)\nfor i in range(200): threading.Thread(target=b.wait).start()\nb.wait()\nprint(threading.active_count() > 0)";
const SHARED =
  "from multiprocessing import shared_memory\ns=shared_memory.SharedMemory(create=True,size=4096)\ns.buf[0]=42\nt=shared_memory.SharedMemory(name=s.name)\nprint(t.buf[0])\ns.unlink()";
const C_PROGRAM = '#include <stdio.h>\\nint main(){printf("%%d\\\\n",6*7);}\\n';

const PROGRAMS: readonly Program[] = [
  {
    title: "python3",
    row: "`python3 -c`, `perl -e`",
    needs: ["python3"],
    under: "strict",
    script: "python3 -c 'print(6*7)'",
    says: "42\n",
  },
  {
    title: "perl",
    row: "`python3 -c`, `perl -e`",
    needs: ["perl"],
    under: "strict",
    script: "perl -e 'print 6*7'",
    says: "42",
  },
  {
    title: "a bash pipeline",
    row: "a pipeline of bash",
    needs: ["bash", "sort", "uniq", "awk"],
    under: "strict",
    script: `bash -c 'set -o pipefail; printf "b\\na\\nb\\n" | sort | uniq -c | awk "{print \\$2, \\$1}"; read x < <(echo sub); echo $x'`,
    says: "a 1\nb 2\nsub\n",
  },
  { title: "node", row: "node", needs: ["node"], under: "strict", script: "node -e 'console.log(6*7)'", says: "42\n" },
  {
    title: "bun",
    row: "Bun, shown as a file",
    needs: [],
    under: "strict",
    script: "echo 'const x: number = 6*7; console.log(x)' > /tmp/a.ts && /opt/bun /tmp/a.ts",
    says: "42\n",
    files: (folder) => [{ kind: "read-only", source: join(folder, "bun"), path: "/opt/bun" }],
  },
  {
    title: "gcc alone",
    row: "gcc alone",
    needs: ["gcc", "as", "ld"],
    under: "strict",
    script: `printf '${C_PROGRAM}' > /tmp/a.c && gcc -O2 -o /tmp/a /tmp/a.c && od -A n -c -N 4 /tmp/a`,
    says: "E   L   F",
  },
  {
    title: "gcc, and the program that it made",
    row: "gcc, and the program that it made",
    needs: ["gcc", "as", "ld"],
    under: "toolchain",
    script: `printf '${C_PROGRAM}' > /tmp/a.c && gcc -O2 -o /tmp/a /tmp/a.c && /tmp/a`,
    says: "42\n",
  },
  {
    title: "git",
    row: "git: init",
    needs: ["git"],
    under: "strict",
    script:
      "cd /tmp && git init -q r && cd r && git config user.email a@b && git config user.name n && echo 1 > f && git add f && git commit -q -m first && git clone -q . ../c && git -C ../c log --format=%s",
    says: "first\n",
  },
  {
    title: "200 threads",
    row: "a program with 200 threads",
    needs: ["python3"],
    under: "toolchain",
    script: `python3 -c '${THREADS}'`,
    says: "True\n",
  },
  {
    title: "shared memory in /dev/shm",
    row: "shared memory in `/dev/shm`",
    needs: ["python3"],
    under: "strict",
    script: `python3 -c '${SHARED}'`,
    says: /^42\n/,
  },
  {
    title: "ImageMagick",
    row: "ImageMagick",
    needs: ["/usr/bin/convert"],
    under: "strict",
    script: "convert -size 64x64 gradient:red-blue -resize 8x8 /tmp/a.png && identify -format %wx%h /tmp/a.png",
    says: "8x8",
  },
  {
    title: "ffmpeg",
    row: "ffmpeg",
    needs: ["ffmpeg"],
    under: "toolchain",
    script:
      "ffmpeg -v error -f lavfi -i testsrc=size=64x64:rate=10 -t 1 -y /tmp/a.mkv && ffprobe -v error -count_frames -show_entries stream=nb_read_frames -of csv=p=0 /tmp/a.mkv",
    says: /^10/,
  },
  {
    title: "a program that needs a terminal",
    row: "a program that needs a terminal",
    needs: ["script", "stty"],
    under: "agent",
    script: "script -qec 'stty size > /dev/null && tty' /dev/null < /dev/null",
    says: "/dev/pts/0",
  },
  {
    title: "an editor's work in a folder",
    row: "git and sed in the workspace",
    needs: ["git", "sed"],
    under: "agent",
    script: "git init -q && echo a > f && git add f && sed -i s/a/b/ f && git diff --stat",
    says: "1 file changed",
  },
];

/** On a busy machine a program takes longer than its preset allows; what is tried is everything else. */
const PATIENT = { cpuMs: 60_000, wallMs: 300_000 };

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o755);
  copyFileSync(process.execPath, join(folder, "bun"));
  chmodSync(join(folder, "bun"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const missing = (needs: readonly string[]): string[] =>
  needs.filter((name) =>
    name.startsWith("/") ? !existsSync(name) : Bun.which(name, { PATH: "/usr/bin:/bin" }) === null,
  );

async function runs({ script, says, files }: Program, preset: PresetName): Promise<boolean> {
  const policy = { extends: preset, files: files?.(folder) ?? [] };
  const { ok, stdout, stderr, verdict } = await run(["/bin/sh", "-c", script], { policy, limits: PATIENT });
  const text = stdout.toString();
  const said = ok && (typeof says === "string" ? text.includes(says) : says.test(text));
  if (!said) console.error(`${preset}: ${verdict.reason}\n${text}${stderr.toString()}`);
  return said;
}

test("docs/presets.md has a row for each, with the least preset", () => {
  const text = readFileSync(join(import.meta.dir, "../../../../docs/presets.md"), "utf8");
  const table = text.slice(text.indexOf("| program | preset |")).split("\n\n")[0] ?? "";
  const rows = table.split("\n").slice(2);
  for (const { row, under } of PROGRAMS) {
    const found = rows.filter((line) => line.startsWith(`| ${row}`));
    expect([row, found.length, found[0]?.split(" | ").at(-1)?.startsWith(`\`${under}\``)]).toEqual([row, 1, true]);
  }
  for (const line of rows)
    expect([line, PROGRAMS.some(({ row }) => line.startsWith(`| ${row}`))]).toEqual([line, true]);
});

/** Those for which the table gives a reason to need more. */
const REFUSED = ["gcc, and the program that it made", "200 threads", "a program that needs a terminal"];

describe("the preset before the least one does not run", () => {
  for (const program of PROGRAMS.filter(({ title }) => REFUSED.includes(title))) {
    const before = PRESET_NAMES[PRESET_NAMES.indexOf(program.under) - 1];
    const lacks = missing(program.needs);
    if (lacks.length > 0) test.skip(`${program.title}: this machine has no ${lacks.join(", ")}`, () => {});
    else
      test(program.title, async () => {
        const { ok } = await run(["/bin/sh", "-c", program.script], { policy: before ?? "strict" });
        expect(ok).toBe(false);
      });
  }
});

for (const preset of PRESET_NAMES) {
  describe(`the preset ${preset} runs`, () => {
    for (const program of PROGRAMS) {
      if (PRESET_NAMES.indexOf(preset) < PRESET_NAMES.indexOf(program.under)) continue;
      const lacks = missing(program.needs);
      if (lacks.length > 0) test.skip(`${program.title}: this machine has no ${lacks.join(", ")}`, () => {});
      else test(program.title, async () => expect(await runs(program, preset)).toBe(true));
    }
  });
}

describe("the preset agent", () => {
  test("works in a folder of the host where the policy shows one", async () => {
    const work = join(folder, "work");
    mkdirSync(work);
    chmodSync(work, 0o777);
    writeFileSync(join(work, "file"), "text");
    const shown = async (kind: "read-write" | "overlay"): Promise<string> => {
      const files: FileEntry[] = [{ kind, source: work, path: "/workspace" }];
      const result = await run(["/bin/sh", "-c", "cat file; echo x > new; ls"], {
        policy: { extends: "agent", files },
      });
      return result.text();
    };
    expect(await shown("overlay")).toBe("textfile\nnew\n");
    expect(existsSync(join(work, "new"))).toBe(false);
    expect(await shown("read-write")).toBe("textfile\nnew\n");
    expect(existsSync(join(work, "new"))).toBe(true);
  });
});

describe("the preset strict", () => {
  test("executes nothing that the job wrote", async () => {
    const script = "for d in /tmp /dev/shm; do cp /bin/true $d/x && $d/x && echo ran; done";
    const { stdout } = await run(["/bin/sh", "-c", script], { policy: "strict" });
    expect(stdout.toString()).toBe("");
    expect((await run(["/bin/sh", "-c", script])).text()).toBe("ran\nran\n");
  });
});
