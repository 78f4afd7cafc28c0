import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicyInput } from "hutch";
import { describeNotFound } from "../../src/report/not-found.ts";

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "sandbox-cli-not-found-")));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "program"), "#!/no/interpreter\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const hints = (command: string, policy: PolicyInput = {}, cwd = folder): string => {
  const [, ...lines] = describeNotFound(command, policy, cwd);
  for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(78);
  return lines.join("\n").replaceAll("\n", " ");
};

describe("describeNotFound", () => {
  test("says where it looked", () => {
    expect(describeNotFound("nosuch", {}, folder)).toEqual([
      '"nosuch" or its interpreter was not found inside the sandbox, which has system folders and what options such as --ro show',
    ]);
    for (const policy of [
      { root: folder },
      { extends: { root: folder } },
      { extends: ["agent", { root: folder }] },
    ] as const) {
      const [reason] = describeNotFound("nosuch", policy, folder);
      expect(reason).toContain(`which has the root file system "${folder}" and what options such as --ro show`);
      expect(reason).not.toContain("system folders");
    }
  });

  test("says what would show a file that this machine has", () => {
    expect(hints("./program")).toBe(
      `${folder}/program is not shown to the job: --ro FOLDER[:DEST] shows its folder, and --cwd DIR has it start there (its working folder is /tmp) for example: --ro . --cwd "$PWD" -- ./program`,
    );
    expect(hints("../program", { cwd: "/project" }, join(folder, "sub"))).toEndWith(
      `(its working folder is /project) for example: --ro ${folder} --cwd ${folder} -- ./program`,
    );
    expect(hints(`${folder}/program`)).toEndWith(`for example: --ro ${folder} -- ${folder}/program`);
    expect(hints("./program", { files: [{ kind: "read-only", source: folder, path: "/project" }] })).toContain(
      "--cwd DIR",
    );
  });

  test("says nothing of the kind where the file is shown, and its interpreter missing, or where there is none", () => {
    const files = [{ kind: "read-only", source: folder, path: "/project" }] as const;
    expect(hints("./program", { files, cwd: "/project" })).toBe("");
    expect(hints("/project/program", { files })).toBe("");
    expect(hints("/program", { root: folder })).toBe("");
    expect(hints("./program", { extends: { files, cwd: "/project" } })).toBe("");
    expect(hints("program")).toBe("");
    expect(hints("./nosuch")).toBe("");
    expect(hints("/usr/bin/env")).toBe("");
  });
});
