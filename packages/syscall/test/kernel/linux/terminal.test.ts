import { expect, test } from "bun:test";
import { openTerminal, resizeTerminal } from "../../../src/linux/terminal.ts";
import { read, write } from "../../../src/posix/file.ts";

test("openTerminal() gives both ends of a terminal of this size, and resizeTerminal() another size", () => {
  const { host, program } = openTerminal({ columns: 90, rows: 30 });
  using _host = host;
  const size = (): string => Bun.spawnSync(["stty", "size"], { stdin: program.fd }).stdout.toString().trim();
  expect(size()).toBe("30 90");
  resizeTerminal(host.fd, { columns: 10, rows: 5 });
  expect(size()).toBe("5 10");
  write(program.fd, new TextEncoder().encode("hello"));
  const bytes = new Uint8Array(16);
  expect(new TextDecoder().decode(bytes.subarray(0, read(host.fd, bytes)))).toBe("hello");
  program.close();
  expect(() => read(host.fd, bytes)).toThrow("EIO");
});
