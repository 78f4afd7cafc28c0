// One boot: starts the emulator, passes on what the guest prints, and takes its last word.
import type { GuestKernel } from "./debian.ts";
import type { Seat, Suite } from "./guest-flags.ts";

export interface Boot {
  readonly kernel: GuestKernel;
  readonly initramfs: string;
  readonly disk: string;
  readonly seat: Seat;
  readonly suite: Suite;
  readonly deadlineMs: number;
}

const LAST_WORD = /^guest: status (\d+)$/;
const MEMORY_MIB = 3072;

/** @returns the status that the guest ended with; "silent" when it did not say, "late" after the deadline */
export async function bootGuest(boot: Boot): Promise<number | "silent" | "late"> {
  const suite =
    typeof boot.suite === "string" ? boot.suite : `command:${Buffer.from(boot.suite.command).toString("base64")}`;
  const serial = `${boot.initramfs}.${boot.seat}.log`;
  const machine = ["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", `${MEMORY_MIB}`, "-no-reboot"];
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
  const words = `console=ttyS0 quiet loglevel=3 panic=-1 hutch.seat=${boot.seat} hutch.suite=${suite}`;
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
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    guest.kill("SIGKILL");
  }, boot.deadlineMs);
  let status: number | "silent" = "silent";
  for await (const line of readLines(guest.stdout)) {
    const word = LAST_WORD.exec(line);
    if (word === null) console.log(line);
    else status = Number(word[1]);
  }
  await guest.exited;
  clearTimeout(timer);
  if (status === "silent") console.log(await Bun.file(serial).text());
  return late ? "late" : status;
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
