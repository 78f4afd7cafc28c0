// Every command and option by name: what the parser accepts and what --help prints come from this one table.
// The names are a contract that scripts rely on.

export interface OptionRow {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value; a switch has none. */
  readonly value?: string;
  readonly repeated?: true;
  readonly help: string;
}

export const COMMAND_NAMES = ["run", "exec", "prepare", "doctor", "explain", "bench"] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

export interface CommandRow {
  readonly summary: string;
  readonly usage: string;
  /** Names of positional arguments before `--`. */
  readonly operands: readonly string[];
  /** What stands after `--`; null where nothing may. */
  readonly afterDashes: { readonly name: string; readonly required: boolean } | null;
  readonly options: readonly OptionRow[];
  readonly notes: readonly string[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

const HELP: OptionRow = { name: "help", short: "h", help: "print this help" };
const JSON_OUTPUT: OptionRow = { name: "json", help: "print one JSON object instead of text" };
const TTY: OptionRow = { name: "tty", short: "t", help: "give the command a terminal of its own, shown in this one" };
const REPORT: OptionRow = { name: "report", value: "FILE", help: "write the report, one JSON object, to FILE" };
const QUIET: OptionRow = { name: "quiet", short: "q", help: "no line on stderr about how the job ended" };

const LIMITS: readonly OptionRow[] = [
  { name: "cpu", value: "TIME", help: "CPU time of all its processes together (default 2s)" },
  { name: "wall", value: "TIME", help: "time from start to end (default 4 times --cpu)" },
  { name: "memory", value: "SIZE", help: "memory of all its processes together (default 256MiB)" },
  { name: "pids", value: "COUNT", help: "processes and threads at once (default 64)" },
  { name: "output", value: "SIZE", help: "stdout and stderr together; a result on its own (default 16MiB)" },
];

const POLICY: OptionRow = {
  name: "policy",
  value: "FILE|PRESET",
  help: "a policy as JSON, or strict, toolchain or agent; other options lie over it",
};

const RW_HELP = "show PATH and let the job change what its user may: that is you, or as root a user that owns nothing";

const FILES: readonly OptionRow[] = [
  { name: "ro", value: "PATH[:DEST]", repeated: true, help: "show PATH read-only, at DEST or in the same place" },
  { name: "rw", value: "PATH[:DEST]", repeated: true, help: RW_HELP },
  { name: "overlay", value: "PATH[:DEST]", repeated: true, help: "show PATH; what the job changes is gone with it" },
  { name: "tmpfs", value: "DEST[:SIZE]", repeated: true, help: "an empty private folder at DEST" },
  { name: "rootfs", value: "DIR", help: "show the root file system in DIR instead of this machine's programs" },
  { name: "cwd", value: "DIR", help: "working directory inside the sandbox (default /tmp)" },
  {
    name: "env",
    value: "NAME=VALUE",
    repeated: true,
    help: "set a variable; nothing of your environment is passed on",
  },
  { name: "terminal", help: "let programs inside make terminals" },
  { name: "ids", value: "one|range", help: "users inside: one, or root and 65,535 others (default one)" },
  { name: "net", value: "none|host", help: "network: none but loopback, or that of this machine (default none)" },
  {
    name: "unix-sockets",
    value: "all|pairs",
    help: "local sockets: all, or connected pairs alone, which reach no socket by its path (default all)",
  },
];

const STRENGTH: readonly OptionRow[] = [
  {
    name: "seccomp",
    value: "default|off|FILE",
    help: "system calls: the shipped profile, all, or a profile in Docker's format",
  },
  { name: "backend", value: "NAME", help: "auto, linux-clone or posix-fork, which isolates nothing (default auto)" },
  {
    name: "best-effort",
    value: "CONTROL[,…]",
    repeated: true,
    help: "run also without these controls; see sandbox-cli doctor",
  },
];

const SANDBOX: readonly OptionRow[] = [POLICY, ...LIMITS, ...FILES, ...STRENGTH];

const UNITS = "Sizes need a unit: B, KiB, MiB, GiB, KB, MB, GB. Times need one: ms, s, m.";
export const EXIT_STATUS_NOTE =
  "Exit status: the job's own; 1 a function threw, or the job's answer was none; 124 CPU or wall limit; 137 any other limit; 128+n ended by signal n; 126 found but not executable; 127 not found; 125 our failure or a refused sandbox; 2 wrong usage.";

export const COMMANDS: Readonly<Record<CommandName, CommandRow>> = {
  run: {
    summary: "run a command in a sandbox",
    usage: "sandbox-cli run [options] -- COMMAND [ARG…]",
    operands: [],
    afterDashes: { name: "COMMAND", required: true },
    options: [...SANDBOX, TTY, REPORT, QUIET, HELP],
    notes: [
      "stdin is passed on; stdout and stderr are passed through as they come.",
      "The job sees /usr, /bin and /lib read-only, and a /tmp of its own. Everything else has to be given.",
      UNITS,
      EXIT_STATUS_NOTE,
    ],
    examples: [
      ["sandbox-cli run -- python3 -c 'print(6*7)'", "no network, 2 s of CPU time, 256 MiB"],
      ['sandbox-cli run --ro . --cwd "$PWD" -- ./program', "a program of the current folder, which it may read"],
      [
        'sandbox-cli run --policy toolchain --overlay . --cwd "$PWD" -- make',
        "room for a compiler; what it changes in the current folder is gone afterwards",
      ],
      ["sandbox-cli run --report report.json -- sort /etc/passwd", "what it used and what was enforced"],
    ],
  },
  exec: {
    summary: "call a function of a module, or run WebAssembly",
    usage: "sandbox-cli exec [options] FILE [-- ARG…]",
    operands: ["FILE"],
    afterDashes: { name: "ARG", required: false },
    options: [
      { name: "export", value: "NAME", help: "the function to call (default: the default export)" },
      { name: "input", value: "JSON|@FILE|-", help: "the one argument: JSON, a file with JSON, or stdin with JSON" },
      { name: "args", value: "JSON-ARRAY", help: "all arguments" },
      { name: "root", value: "DIR", help: "folder that the module may import from (default: the module's own)" },
      { name: "raw", help: "write a result of text or bytes as it is, not as JSON" },
      ...SANDBOX,
      REPORT,
      QUIET,
      HELP,
    ],
    notes: [
      "FILE is a TypeScript or JavaScript module, a .wasm file, or an artifact made by sandbox-cli prepare.",
      `The result is printed on stdout as one line of JSON. What the job itself prints goes to stderr, all of it. What JSON does not have is an object with one key, in results and in arguments: {"$bigint":"1"} {"$number":"NaN"} {"$bytes":"base64"} {"$array":["Float32Array",[1]]} {"$date":"ISO"} {"$map":[[key,value]]} {"$set":[…]} {"$undefined":true}`,
      `WebAssembly: --export takes bytes and returns bytes; --input is text, or the bytes of @FILE or of -. A WASI command takes its arguments after --, its stdin from --input, and writes to our stdout.`,
      UNITS,
      EXIT_STATUS_NOTE,
    ],
    examples: [
      ["sandbox-cli exec task.ts --input '{\"n\": 42}'", "task.ts exports a default function"],
      ["sandbox-cli exec math.ts --export add --args '[1, 2]'", "add(1, 2)"],
      ["sandbox-cli exec resize.ts --raw --input @photo.json > small.png", "a function that returns bytes"],
      ["echo hello | sandbox-cli exec upper.wasm --export upper --input - --raw", "bytes in, bytes out"],
    ],
  },
  prepare: {
    summary: "compile and check WebAssembly once, for exec",
    usage: "sandbox-cli prepare [options] FILE.wasm -o ARTIFACT",
    operands: ["FILE.wasm"],
    afterDashes: null,
    options: [
      { name: "out", short: "o", value: "ARTIFACT", help: "where the prepared file goes; required" },
      POLICY,
      ...LIMITS,
      ...STRENGTH,
      QUIET,
      HELP,
    ],
    notes: [
      "The file is compiled and checked inside a sandbox, and stored with its checksum.",
      UNITS,
      EXIT_STATUS_NOTE,
    ],
    examples: [
      ["sandbox-cli prepare upper.wasm -o upper.hutch", "then: sandbox-cli exec upper.hutch --export upper …"],
      ["sandbox-cli prepare --cpu 30s --memory 1GiB big.wasm -o big.hutch", "a large module"],
    ],
  },
  doctor: {
    summary: "try every control on this machine and say what is missing",
    usage: "sandbox-cli doctor [--json]",
    operands: [],
    afterDashes: null,
    options: [JSON_OUTPUT, HELP],
    notes: ["Exit status: 0 if the default policy can be enforced here, 1 if not."],
    examples: [
      ["sandbox-cli doctor", "a table with what works, what does not, why, and what to change"],
      ["sandbox-cli doctor --json | jq '.controls[] | select(.state == \"unavailable\")'", "for scripts"],
    ],
  },
  explain: {
    summary: "print every step that sets up the sandbox of a run, and do nothing",
    usage: "sandbox-cli explain [options of run] [--json] -- COMMAND [ARG…]",
    operands: [],
    afterDashes: { name: "COMMAND", required: true },
    options: [...SANDBOX, JSON_OUTPUT, HELP],
    notes: [UNITS],
    examples: [
      ["sandbox-cli explain -- true", "the default sandbox, step by step"],
      ["sandbox-cli explain --net host --ro . -- make", "what changes with these options"],
    ],
  },
  bench: {
    summary: "measure Hutch on this machine, beside the kernel's floor and others",
    usage: "sandbox-cli bench [--quick] [--scenario NAME …] [--out DIR]",
    operands: [],
    afterDashes: null,
    options: [
      { name: "quick", help: "all of it within 45 seconds, with wider intervals" },
      { name: "long", help: "as many rounds as it takes, 50,000 calls in a row too" },
      { name: "scenario", value: "NAME", repeated: true, help: "only this one" },
      { name: "list", help: "print the names of the scenarios" },
      { name: "rounds", value: "N", help: "this many rounds of every scenario" },
      {
        name: "out",
        value: "DIR",
        help: "write results.json, results.md and report.html, a page with plots, into DIR",
      },
      { name: "pin", value: "CPUS", help: "run everything on these processors only: 0, or 0,2-3" },
      { name: "peers", value: "DIR", help: "where install-peers.sh put what Hutch is compared with" },
      { name: "compare", value: "A B", help: "hold two results.json against each other; nothing is measured" },
      { name: "expect", value: "FILE", help: "fail when a ratio is clearly outside of the range in FILE" },
      HELP,
    ],
    notes: [
      "The bench is a package of its own: bun add --dev @hutch/bench.",
      "Ctrl-C ends it after the turn that runs; what was measured until then is printed and written.",
    ],
    examples: [
      ["sandbox-cli bench --quick --out results", "a first look, and a page to show around"],
      ["sandbox-cli bench --compare before/results.json after/results.json", "what changed between two runs"],
    ],
  },
};
