// What of a job the host decides call by call: to which services it may connect. Plain data, and what follows from it.
import * as v from "valibot";
import { parseOptions } from "./options.ts";

export interface Supervise {
  /**
   * Services that the job may connect to by TCP, as `host:port`, `[::1]:port` for an address of IPv6. The host looks a name up,
   * makes the connection and gives the job its socket; the job itself still has no network.
   */
  readonly connect: readonly string[];
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
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const NAME =
  /^(?=.{1,253}$)(?:[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)(?:\.[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)*$/;
const MOST_NAMES = 250;

function isService(text: string): boolean {
  const groups = SERVICE.exec(text)?.groups;
  if (groups === undefined) return false;
  const port = Number(groups["port"]);
  if (port < 1 || port > 65_535) return false;
  const { six, host = "" } = groups;
  if (six !== undefined) return URL.canParse(`http://[${six}]/`);
  // What looks like numbers is an address or a slip, and never a name.
  return IPV4.test(host) || (NAME.test(host) && !/^[0-9.]+$/.test(host));
}

export const SuperviseSchema: v.GenericSchema<unknown, Supervise> = v.strictObject({
  connect: v.pipe(
    v.array(v.pipe(v.string(expected), v.check(isService, expected))),
    v.maxLength(MOST_NAMES, `at most ${MOST_NAMES} services`),
  ),
});

/**
 * Names get addresses of 198.18.0.0/15, which belong to nobody (RFC 2544), in the order of the list: one for each name.
 * @throws TypeError for what is no service
 */
export function destinationsOf(given: Supervise): Destination[] {
  const { connect } = parseOptions("policy.supervise", SuperviseSchema, given);
  const names: string[] = [];
  return connect.map((text) => {
    const { six, host = "", port } = SERVICE.exec(text)?.groups ?? {};
    if (six !== undefined) return { host: six, port: Number(port), address: six, named: false };
    if (IPV4.test(host)) return { host, port: Number(port), address: host, named: false };
    const name = host.toLowerCase();
    // Every sandbox has that name already.
    if (name === "localhost") return { host: name, port: Number(port), address: "127.0.0.1", named: true };
    if (!names.includes(name)) names.push(name);
    return { host: name, port: Number(port), address: `198.18.0.${names.indexOf(name) + 1}`, named: true };
  });
}
