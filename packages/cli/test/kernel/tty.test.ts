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

  test("without a terminal is wrong usage", async () => {
    const { status, stderr } = await spawnCli(["run", "--tty", "--", "true"]);
    expect(status).toBe(2);
    expect(stderr).toBe("sandbox-cli: --tty: stdin and stdout are not a terminal\n");
  });
});
