// What of a job the host decides call by call: to which services it may connect, and which calls a handler of the host answers.
// Plain data, and what follows from it. The handlers themselves: call-handler.ts.
import * as v from "valibot";
import { isAddress, isNetwork } from "./ip-address.ts";
import { parseOptions } from "./options.ts";

export interface Supervise {
  /**
   * Services that the job may connect to by TCP, as `host:port`, `[::1]:port` for an address of IPv6. The host looks a name up,
   * makes the connection and gives the job its socket; the job itself still has no network.
   */
  readonly connect: readonly string[];
  /**
   * Networks of private, loopback, link-local and other special addresses that a name of `connect` may lead to all the same, such
   * as `10.0.0.0/8`. None unless given: who answers for a name chooses its address, which may be a service of the host's own.
   * An address that `connect` names with the port, and `localhost`, need none.
   */
  readonly mayResolveTo: readonly string[];
  /** How long a caller waits for the host's decision, milliseconds; then its call fails with ETIMEDOUT. 10,000 unless given. */
  readonly answerMs: number;
  /** System calls that wait for a handler of the host. */
  readonly handled: readonly string[];
}

export interface Destination {
  /** A name, or an address as written. */
  readonly host: string;
  readonly port: number;
  /** The address under which the job knows it: its own, or one that stands for the name. */
  readonly address: string;
  readonly named: boolean;
}

const expected = 'a service such as "api.example.com:443", "127.0.0.1:5432" or "[::1]:80"';
const SERVICE = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<host>[^\s:[\]]+)):(?<port>\d{1,5})$/;
const NAME =
  /^(?=.{1,253}$)(?:[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)(?:\.[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)*$/;
const MOST_NAMES = 250;
const MOST_ANSWER_MS = 3_600_000;
export const DEFAULT_ANSWER_MS = 10_000;

function isService(text: string): boolean {
  const groups = SERVICE.exec(text)?.groups;
  if (groups === undefined) return false;
  const port = Number(groups["port"]);
  if (port < 1 || port > 65_535) return false;
  const { six, host = "" } = groups;
  if (six !== undefined) return isAddress(six, 6);
  // What looks like numbers is an address or a slip, and never a name.
  return isAddress(host, 4) || (NAME.test(host) && !/^[0-9.]+$/.test(host));
}

const services: v.GenericSchema<unknown, string[]> = v.pipe(
  v.array(v.pipe(v.string(expected), v.check(isService, expected))),
  v.maxLength(MOST_NAMES, `at most ${MOST_NAMES} services`),
);
const expectedNetwork = 'a network such as "10.0.0.0/8" or "fd00::/8"';
const networks: v.GenericSchema<unknown, string[]> = v.array(
  v.pipe(v.string(expectedNetwork), v.check(isNetwork, expectedNetwork)),
);
const expectedMs = `a whole number of milliseconds from 1 to ${MOST_ANSWER_MS}`;
const answerMs: v.GenericSchema<unknown, number> = v.pipe(
  v.number(expectedMs),
  v.integer(expectedMs),
  v.minValue(1, expectedMs),
  v.maxValue(MOST_ANSWER_MS, expectedMs),
);

type MayBeLeftOut<T> = v.ExactOptionalSchema<v.GenericSchema<unknown, T>, undefined>;

/** What a policy in a file may say of it. */
export const SUPERVISE_PARTS: {
  readonly connect: MayBeLeftOut<string[]>;
  readonly mayResolveTo: MayBeLeftOut<string[]>;
  readonly answerMs: MayBeLeftOut<number>;
} = {
  connect: v.exactOptional(services),
  mayResolveTo: v.exactOptional(networks),
  answerMs: v.exactOptional(answerMs),
};

export const SuperviseSchema: v.GenericSchema<unknown, Supervise> = v.strictObject({
  connect: services,
  mayResolveTo: networks,
  answerMs,
  handled: v.array(v.string()),
});

/**
 * Names get addresses of 198.18.0.0/15, which belong to nobody (RFC 2544), in the order of the list: one for each name.
 * @throws TypeError for what is no service
 */
export function destinationsOf({ connect }: Pick<Supervise, "connect">): Destination[] {
  const names: string[] = [];
  return parseOptions("policy.supervise.connect", services, connect).map((text) => {
    const { six, host = "", port } = SERVICE.exec(text)?.groups ?? {};
    if (six !== undefined) return { host: six, port: Number(port), address: six, named: false };
    if (isAddress(host, 4)) return { host, port: Number(port), address: host, named: false };
    const name = host.toLowerCase();
    // Every sandbox has that name already.
    if (name === "localhost") return { host: name, port: Number(port), address: "127.0.0.1", named: true };
    if (!names.includes(name)) names.push(name);
    return { host: name, port: Number(port), address: `198.18.0.${names.indexOf(name) + 1}`, named: true };
  });
}
