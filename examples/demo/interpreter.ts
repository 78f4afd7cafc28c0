// A script language of this machine, for examples that run "a native program": Python, else Perl, else the shell.
import { existsSync } from "node:fs";

export interface Interpreter {
  readonly name: "python" | "perl" | "shell";
  readonly path: string;
  readonly extension: "py" | "pl" | "sh";
  /** A program that connects to a host on the internet and says what the kernel answered; null for a shell. */
  readonly connectOut: readonly string[] | null;
}

const PYTHON_CONNECT = "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)";
const PERL_CONNECT =
  'use Socket; socket(S, PF_INET, SOCK_STREAM, 0); connect(S, sockaddr_in(80, inet_aton("192.0.2.1"))) or die "connect: $!\\n"';

const KNOWN: readonly Interpreter[] = [
  { name: "python", path: "/usr/bin/python3", extension: "py", connectOut: ["/usr/bin/python3", "-c", PYTHON_CONNECT] },
  { name: "perl", path: "/usr/bin/perl", extension: "pl", connectOut: ["/usr/bin/perl", "-e", PERL_CONNECT] },
];
const SHELL: Interpreter = { name: "shell", path: "/bin/sh", extension: "sh", connectOut: null };

export function findInterpreter(): Interpreter {
  return KNOWN.find(({ path }) => existsSync(path)) ?? SHELL;
}
