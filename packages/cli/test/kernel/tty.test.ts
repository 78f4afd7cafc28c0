// sandbox-cli in a terminal, of which this test has the other end.
import { expect, test } from "bun:test";
import { ReadStream } from "node:tty";
import { openTerminal, resizeTerminal } from "../../../syscall/src/linux/terminal.ts";
import { writeAll } from "../../../syscall/src/posix/file.ts";
import { cliCommand, spawnCli } from "../spawn-cli.ts";
import { describeInSandbox } from "./need-sandbox.ts";

describeInSandbox("--tty", () => {
  test("shows the command's terminal in ours: its size, what is typed, and keys that are signals", async () => {
    const { host, program } = openTerminal({ columns: 77, rows: 33 });
    const armed = "trap 'stty size; touch /tmp/seen' WINCH; echo armed; until test -e /tmp/seen; do sleep 0.05; done";
    const script = `stty size; echo ask; read x; echo got $x; ${armed}; echo last; cat`;
    // In a session of its own, whose terminal it is: to nobody else does the kernel tell a change of size.
    const argv = [
      "setsid",
      "--ctty",
      "--wait",
      ...cliCommand(["run", "--tty", "--wall", "60s", "--", "bash", "-c", script]),
    ];
    const child = Bun.spawn(argv, { stdin: program.fd, stdout: program.fd, stderr: program.fd });
    program.close();
    let seen = "";
    const screen = new ReadStream(host.fd);
    const type = (keys: string): void => writeAll(host.fd, new TextEncoder().encode(keys));
    screen.on("data", (bytes: Uint8Array) => {
      const before = seen;
      seen += new TextDecoder().decode(bytes);
      const now = (text: string): boolean => seen.includes(text) && !before.includes(text);
      if (now("ask")) type("word\r");
      if (now("armed")) resizeTerminal(host.fd, { columns: 44, rows: 11 });
      // ORDER: not while the trap runs: what it starts would be ended, and the shell go on.
      if (now("last")) type("\u0003");
    });
    screen.on("error", () => screen.destroy());
    expect(await child.exited).toBe(130);
    expect(seen.replaceAll(/\r+\n/g, "\n")).toContain("33 77\nask\nword\ngot word\narmed\n11 44\nlast\n");
    screen.destroy();
  });

  test.each([
    ["printf cut; exit 3", "cut\nsandbox-cli: failed: it exited with 3\n"],
    ["printf cut >&2; exit 3", "cut\nsandbox-cli: failed: it exited with 3\n"],
    ["echo whole; exit 3", "whole\nsandbox-cli: failed: it exited with 3\n"],
    ["exit 3", "sandbox-cli: failed: it exited with 3\n"],
  ])("our line begins a line of the terminal: %s", async (script, expected) => {
    const { host, program } = openTerminal({ columns: 80, rows: 24 });
    const child = Bun.spawn(cliCommand(["run", "--", "sh", "-c", script]), {
      stdin: "ignore",
      stdout: program.fd,
      stderr: program.fd,
      env: { ...process.env, NO_COLOR: "1" },
    });
    let seen = "";
    const screen = new ReadStream(host.fd);
    screen.on("data", (bytes: Uint8Array) => (seen += new TextDecoder().decode(bytes)));
    // Without a program that has it open, a terminal's other end reads as an error: all has been read then.
    const read = new Promise((resolve) => screen.on("error", resolve));
    expect(await child.exited).toBe(3);
    program.close();
    await read;
    screen.destroy();
    expect(seen.replaceAll("\r\n", "\n")).toBe(expected);
  });

  test("without a terminal is wrong usage", async () => {
    const { status, stderr } = await spawnCli(["run", "--tty", "--", "true"]);
    expect(status).toBe(2);
    expect(stderr).toBe("sandbox-cli: --tty: stdin and stdout are not a terminal\n");
  });
});
