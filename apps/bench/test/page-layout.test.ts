// What a browser makes of the page. Needs: Debian's chromium; without it nobody looks, and the test says so.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageReport } from "../src/report/page.ts";
import { sampleResults } from "./sample-results.ts";

const chromium = Bun.which("chromium");
const folder = mkdtempSync(join(tmpdir(), "hutch-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The page has no script; this one is of the test, and writes what it found where the dump shows it. */
const LOOK = `<script>
  const shown = [...document.querySelectorAll("svg[aria-label]")].filter((svg) => svg.getBoundingClientRect().width > 0);
  const page = getComputedStyle(document.body);
  document.documentElement.dataset.found = JSON.stringify({
    window: innerWidth, content: document.documentElement.scrollWidth, plots: shown.length,
    widest: Math.max(...shown.map((svg) => svg.getBoundingClientRect().right)),
    background: page.backgroundColor, text: page.color,
  });
</script>`;

interface Found {
  readonly window: number;
  readonly content: number;
  readonly plots: number;
  readonly widest: number;
  readonly background: string;
  readonly text: string;
}

async function look(width: number, scheme: "light" | "dark"): Promise<Found> {
  const file = join(folder, "page.html");
  writeFileSync(file, pageReport(sampleResults()).replace("</body>", `${LOOK}</body>`));
  const child = Bun.spawn(
    [
      chromium ?? "",
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...[
        "--disable-background-networking",
        "--disable-component-update",
        `--user-data-dir=${join(folder, "profile")}`,
      ],
      `--window-size=${width},900`,
      `--blink-settings=preferredColorScheme=${scheme === "dark" ? 0 : 1}`,
      ...["--dump-dom", `file://${file}`],
    ],
    { stdout: "pipe", stderr: "ignore", env: { ...process.env, HOME: folder } },
  );
  const dump = await child.stdout.text();
  await child.exited;
  const found = /data-found="([^"]*)"/.exec(dump)?.[1] ?? "";
  return JSON.parse(found.replaceAll("&quot;", '"')) as Found;
}

describe.skipIf(chromium === null)("the page in chromium (skipped where it is not installed)", () => {
  test.each([390, 1100])(
    "%p pixels wide, everything fits and every plot is shown once",
    async (width) => {
      const found = await look(width, "light");
      expect(found.content).toBeLessThanOrEqual(found.window);
      expect(found.widest).toBeLessThanOrEqual(found.window);
      expect(found.plots).toBe(7);
    },
    120_000,
  );

  test("is dark where the reader wants that", async () => {
    const [light, dark] = [await look(390, "light"), await look(390, "dark")];
    expect(light.background).toBe("rgb(255, 255, 255)");
    expect(dark.background).toBe("rgb(20, 23, 27)");
    expect(dark.text).not.toBe(light.text);
  }, 120_000);
});
