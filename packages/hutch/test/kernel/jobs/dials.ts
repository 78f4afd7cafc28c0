import { mkdirSync } from "node:fs";
import { connect } from "node:net";

/** What the service says, or the code of the error. */
export async function dial(host: string, port: number): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port }, () => {});
    socket.once("data", (bytes) => resolve(bytes.toString()));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

export async function fetchText(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

export function makeFolder(path: string): string {
  try {
    mkdirSync(path);
    return "made";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}
