// Attacks by the network.
import { connect } from "node:net";
import { IPV4_ROUTE, PORTS, PYTHON, SCOPES } from "../needs.ts";
import type { Scenario } from "../scenario.ts";

const PAUSE_MS = 10;

export const NETWORK: readonly Scenario[] = [
  {
    name: "reach-network",
    from: ["W1", "W2", "W8"],
    does: "connects to services of the host by address, name and path, and looks for a route to anywhere",
    control: "net-namespace",
    program: "reach-network.py",
    needs: [PYTHON],
    behind: { syscalls: "off" },
    openly: {
      by: "policy",
      policy: { network: "host" },
      needs: [IPV4_ROUTE],
      expected: { reaches: ["a port of the host", "a route to the internet", "interfaces"] },
    },
  },
  {
    name: "reach-listeners",
    from: ["W2"],
    does: "connects to a name and a socket file of the host",
    control: "private-root",
    program: "reach-network.py",
    needs: [PYTHON],
    openly: { by: "posix-fork", expected: { reaches: ["a name of the host", "a socket by its path"] } },
  },
  {
    name: "reach-name",
    from: ["W2", "K16"],
    does: "connects to a name of the host, on the host's network that it was given",
    control: "landlock",
    program: "reach-name.py",
    needs: [PYTHON, SCOPES],
    policy: () => ({ network: "host" }),
    behind: { syscalls: "off" },
    openly: { by: "posix-fork" },
  },
  {
    name: "pass-ports",
    from: ["K16", "W1"],
    does: "connects and listens in every way that TCP has, on the host's network, where its policy names other ports",
    control: "landlock",
    program: "pass-ports.py",
    needs: [PYTHON, PORTS],
    policy: () => ({ network: "host", tcp: { connect: [1], bind: [] } }),
    openly: {
      by: "policy",
      policy: { tcp: null },
      expected: { reaches: ["connect", "connect by the first packet", "listen on a port", "listen on whatever port"] },
    },
  },
  {
    name: "be-reached",
    from: ["W7"],
    does: "listens on every address and waits for somebody from outside, who tries",
    control: "net-namespace",
    program: "be-reached.py",
    needs: [PYTHON],
    behind: { syscalls: "off" },
    openly: { by: "policy", policy: { network: "host" } },
    meanwhile: async ({ targets }, signal) => {
      while (!signal.aborted) {
        await knock(Number(targets.TARGET_FREE_PORT));
        await Bun.sleep(PAUSE_MS);
      }
    },
  },
];

function knock(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => socket.end());
    socket.on("close", () => resolve());
    socket.on("error", () => socket.destroy());
  });
}
