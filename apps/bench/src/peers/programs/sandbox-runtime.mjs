// @anthropic-ai/sandbox-runtime as its documentation uses it: no network, and only /tmp may be written to.
import { spawn } from "node:child_process";
import { load, serve } from "./serve-lines.mjs";

const { SandboxManager } = await load("@anthropic-ai/sandbox-runtime");
await SandboxManager.initialize({
  network: { allowedDomains: [], deniedDomains: [] },
  filesystem: { denyRead: [], allowWrite: ["/tmp"], denyWrite: [] },
});
await serve(run, () => SandboxManager.reset(), withoutVariables(await SandboxManager.wrapWithSandbox("PROGRAM")));

/** It sets some thirty variables of proxies, with passwords of this start. */
function withoutVariables(command) {
  return command.replaceAll(/ --setenv \S+ (?:'[^']*'|"[^"]*"|[^\s'"])+/g, "");
}

async function run(program) {
  const command = await SandboxManager.wrapWithSandbox(program);
  const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.resume();
  let said = "";
  child.stderr.on("data", (bytes) => {
    said += bytes;
  });
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`it exited with ${code}: ${said}`))));
  });
}
