// One boot: starts the emulator, passes on what the guest prints, and takes its last word.
import type { GuestKernel } from "./debian.ts";
import type { Visit } from "./guest-flags.ts";

export interface Boot {
  readonly kernel: GuestKernel;
  readonly initramfs: string;
  readonly disk: string;
  readonly visit: Visit;
  readonly deadlineMs: number;
  /** A file that the guest reads as its second disk; null for none. */
  readonly list: string | null;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface BootEnd {
  /** What the guest ended with; "silent" when it did not say, "late" after the deadline, "stopped" by the signal. */
  readonly status: number | "silent" | "late" | "stopped";
  /** It came as far as its own first words. */
  readonly booted: boolean;
  /** The words that it was advised to boot with. */
  readonly advice: string | null;
}

const LAST_WORD = /^guest: status (\d+)$/;
const ADVICE = /^guest: boot with (.+)$/;
const MEMORY_MIB = 3072;
/** As fast as the processor of this machine lets it be. */
const BY_THE_CLOCK = ["-accel", "tcg,thread=multi", "-smp", "2"];
/**
 * The guest's clock counts instructions, one nanosecond each, and this machine's time only while the guest waits. So limits and
 * deadlines are those of a machine of its own, however slow and busy this one is. To skip what it waits for (`sleep=off`) would
 * let minutes pass while the disk reads. One processor: two would take turns, and Linux 6.1 does not start its second one so.
 */
const BY_INSTRUCTIONS = ["-accel", "tcg,thread=single", "-icount", "shift=0,align=off,sleep=on", "-smp", "1"];

export async function bootGuest(boot: Boot): Promise<BootEnd> {
  const { seat, suite, words: extra } = boot.visit;
  const serial = `${boot.initramfs}.log`;
  const pace = suite === "parts" ? BY_INSTRUCTIONS : BY_THE_CLOCK;
  const machine = [...pace, "-cpu", "max", "-m", `${MEMORY_MIB}`, "-no-reboot"];
  // The kernel speaks on the serial line, the tests on a virtual one, which is faster and has no word of the firmware.
  const lines = ["-display", "none", "-monitor", "none", "-serial", `file:${serial}`];
  const console_ = [
    "-chardev",
    "stdio,id=out,signal=off",
    "-device",
    "virtio-serial-pci",
    "-device",
    "virtconsole,chardev=out",
  ];
  // Every guest begins with the same disk: what it writes is thrown away.
  const disk = ["-drive", `file=${boot.disk},format=raw,if=virtio,snapshot=on,cache=unsafe`];
  if (boot.list !== null) disk.push("-drive", `file=${boot.list},format=raw,if=virtio,snapshot=on`);
  const usual = ["console=ttyS0", "quiet", "loglevel=3", "panic=-1", `hutch.seat=${seat}`, `hutch.suite=${suite}`];
  const words = [...usual, ...extra].join(" ");
  const kernel = ["-kernel", boot.kernel.image, "-initrd", boot.initramfs, "-append", words];
  const guest = Bun.spawn(
    [
      "qemu-system-x86_64",
      ...machine,
      "-nic",
      "user,restrict=on,model=virtio-net-pci",
      "-device",
      "virtio-rng-pci",
      ...lines,
      ...console_,
      ...disk,
      ...kernel,
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  );
  const stop = (): void => guest.kill("SIGKILL");
  boot.signal.addEventListener("abort", stop, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, boot.deadlineMs);
  let status: number | "silent" = "silent";
  let advice: string | null = null;
  let booted = false;
  for await (const line of readLines(guest.stdout)) {
    booted ||= line.startsWith("guest: ");
    const word = LAST_WORD.exec(line);
    if (word === null) boot.onLine(line);
    else status = Number(word[1]);
    advice = ADVICE.exec(line)?.[1] ?? advice;
  }
  await guest.exited;
  clearTimeout(timer);
  boot.signal.removeEventListener("abort", stop);
  if (boot.signal.aborted) return { status: "stopped", booted: true, advice };
  if (status === "silent") console.log(await Bun.file(serial).text());
  return { status: late ? "late" : status, booted, advice };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    // A console ends lines like a typewriter.
    for (const part of parts) yield part.replaceAll("\r", "");
  }
  if (rest !== "") yield rest;
}
