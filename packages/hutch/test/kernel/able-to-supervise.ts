// What a supervised job needs of the machine that the tests run on, and of the programs in it.
import { landlockAbi } from "@hutch/syscall";

/** Landlock's rules for TCP, without which the policy is refused. */
const TCP_ABI = 4;

export const ableToSupervise: boolean = ((): boolean => {
  try {
    return landlockAbi() >= TCP_ABI;
  } catch {
    // A kernel without landlock.
    return false;
  }
})();
export const perl: boolean = Bun.which("perl") !== null;
export const gcc: boolean = Bun.which("gcc") !== null;

/** For the name of a test that is skipped: what is missing. */
export function missing(program: "perl" | "gcc" | null): string {
  if (!ableToSupervise) return " (needs Linux 6.7 with landlock)";
  if (program === "perl") return perl ? "" : " (needs perl)";
  return program === null || gcc ? "" : " (needs gcc)";
}

export interface Service extends Disposable {
  readonly port: number;
  readonly visits: () => number;
}

/** A service of the host that greets everybody who connects with its name. */
export function serve(name: string): Service {
  let visits = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        visits += 1;
        socket.end(name);
      },
      data() {},
    },
  });
  return { port: server.port, visits: () => visits, [Symbol.dispose]: () => server.stop(true) };
}
