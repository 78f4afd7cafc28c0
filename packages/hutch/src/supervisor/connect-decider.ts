// Decides each connect(2) of a job. A service that the policy names is connected to by the host, and the job's descriptor is
// replaced by that connection. Everything else goes on in the kernel.
// RULE: what a job is given depends on a copy of its arguments and on nothing that it can change afterwards. "Go on" decides
// nothing: whatever the arguments are by then, landlock lets the job connect no TCP socket, also none that it was given and
// dissolved, and the network of its other sockets leads nowhere. No handler of a user has that proof, so none may do the same.
import { type Destination, destinationsOf, type Supervise } from "@hutch/core";
import { F, fcntl, O } from "@hutch/syscall";
import { type Caller, descriptorFlags, isTcp, readMemory } from "./caller.ts";
import { connectOut } from "./connect-out.ts";
import { type Decide, type Decision, refusal } from "./decision.ts";
import { bytesOf, canonical } from "./ip-bytes.ts";
import { parseAddress } from "./socket-address.ts";
import { isIn, isSpecial, networkList } from "./special-addresses.ts";

const EBADF = 9;
const MOST_ADDRESS_BYTES = 128;
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const GO_ON: Decision = { kind: "continue" };

export function connectDecider(policy: Supervise): Decide {
  const destinations = new Map<string, Destination>(
    destinationsOf(policy).map((each) => [key(each.address, each.port), each]),
  );
  const networks = networkList(policy.mayResolveTo);
  const permitted =
    (port: number) =>
    (address: string): boolean =>
      !isSpecial(address) || isIn(networks, address) || destinations.get(key(address, port))?.named === false;

  return async (caller) => {
    const theirs = Number(BigInt.asIntN(32, caller.notification.args[0]));
    const wanted = await destinationOf(caller, destinations);
    // UDP goes on in the job's own empty network. A socket that becomes another after this look is given what it may have.
    if (wanted === null || theirs < 0 || !isTcp(caller, theirs)) return GO_ON;
    return await connectFor(caller, wanted, permitted(wanted.port), theirs);
  };
}

async function destinationOf(
  caller: Caller,
  destinations: ReadonlyMap<string, Destination>,
): Promise<Destination | null> {
  const [, at, length] = caller.notification.args;
  const bytes = Number(BigInt.asIntN(32, length));
  if (bytes < 1 || bytes > MOST_ADDRESS_BYTES) return null;
  const copy = await readMemory(caller, at, bytes);
  const address = copy === null ? null : parseAddress(copy);
  return address === null ? null : (destinations.get(key(address.address, address.port)) ?? null);
}

async function connectFor(
  caller: Caller,
  wanted: Destination,
  permitted: (address: string) => boolean,
  theirs: number,
): Promise<Decision> {
  const made = await connectOut(wanted, permitted, caller.signal);
  if (made.kind === "failed") return refusal(made.errno);
  using undo = new DisposableStack();
  const ours = undo.use(made.socket);
  const flags = descriptorFlags(caller, theirs);
  if (flags === null) return refusal(EBADF);
  if ((flags & O.NONBLOCK) === 0) fcntl(ours.fd, F.SETFL, 0);
  undo.move();
  return { kind: "descriptor", ours, at: theirs, closeOnExec: (flags & O.CLOEXEC) !== 0 };
}

/** An IPv4 address in an IPv6 one is the IPv4 address, as in what a job asks for. */
function key(address: string, port: number): string {
  const plain = canonical(address);
  const bytes = bytesOf(plain);
  const mapped = bytes.byteLength === 16 && bytes.subarray(0, 12).every((byte, index) => byte === MAPPED[index]);
  return `${mapped ? bytes.subarray(12).join(".") : plain} ${port}`;
}
