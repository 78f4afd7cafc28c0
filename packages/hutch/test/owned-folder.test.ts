import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nameOwnedFolder, openOwnedFolder } from "../src/owned-folder.ts";

const SOURCE = join(import.meta.dir, "../src/owned-folder.ts");

test("openOwnedFolder() takes away what killed processes left, and nothing of a living one or of somebody else", async () => {
  const parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
  const script = `import { nameOwnedFolder, openOwnedFolder } from ${JSON.stringify(SOURCE)};
    const { path } = openOwnedFolder(${JSON.stringify(parent)}, nameOwnedFolder(), ["job.js"]);
    await Bun.write(path + "/job.js", "text"); console.log(path); setInterval(() => {}, 1000);`;
  const start = async (): Promise<{ host: Bun.Subprocess; path: string }> => {
    const argv = [process.execPath, "--conditions=hutch-source", "-e", script];
    const host = Bun.spawn(argv, { stdout: "pipe", stderr: "inherit" });
    const reader = host.stdout.getReader();
    const path = new TextDecoder().decode((await reader.read()).value).trim();
    await reader.cancel();
    return { host, path };
  };
  const [killed, living] = [await start(), await start()];
  try {
    const precious = join(parent, "precious");
    mkdirSync(precious);
    writeFileSync(join(precious, "job.js"), "keep");
    // Names like ours that are not our folders: a link, and one with a file that we never make.
    symlinkSync(precious, join(parent, nameOwnedFolder()));
    const foreign = join(parent, nameOwnedFolder());
    mkdirSync(foreign);
    writeFileSync(join(foreign, "other"), "keep");
    killed.host.kill("SIGKILL");
    await killed.host.exited;
    expect(existsSync(killed.path)).toBe(true);

    const own = openOwnedFolder(parent, nameOwnedFolder(), ["job.js"]);
    expect([existsSync(killed.path), existsSync(join(living.path, "job.js"))]).toEqual([false, true]);
    expect([readdirSync(precious), readdirSync(foreign)]).toEqual([["job.js"], ["other"]]);
    writeFileSync(join(own.path, "job.js"), "text");
    own.remove();
    expect(existsSync(own.path)).toBe(false);
  } finally {
    living.host.kill("SIGKILL");
    await living.host.exited;
    rmSync(parent, { recursive: true });
  }
});
