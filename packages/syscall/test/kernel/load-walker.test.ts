import { ptr } from "bun:ffi";
import { expect, test } from "bun:test";
import { syscallNumber } from "../../src/linux/numbers.ts";
import { compileWalker, linkWalker, type Walker } from "../../src/load-walker.ts";
import { toPid } from "../../src/pid.ts";
import { wait4 } from "../../src/posix/wait.ts";

const EXIT_CODE = 9;
const STACK_BYTES = 65_536;

/** struct step and struct launch of walk-plan.c by hand: a child that calls exit_group. */
function launchExit({ launch }: Walker): unknown {
  const step = new BigInt64Array(new ArrayBuffer(12 * 8));
  step[0] = BigInt(syscallNumber("exit_group"));
  step[1] = BigInt(EXIT_CODE);
  step[10] = 1n;
  const stacks = new ArrayBuffer(3 * STACK_BYTES);
  const plan = new BigInt64Array(new ArrayBuffer(50 * 8));
  plan.set([BigInt(ptr(step)), 0n, 1n, 1n, 0n, 0n, -1n, 0n, 0n]);
  plan[9] = BigInt(syscallNumber("write"));
  plan[10] = BigInt(syscallNumber("exit_group"));
  plan[11] = BigInt(syscallNumber("rt_sigprocmask"));
  plan[12] = BigInt(syscallNumber("clone"));
  plan[32] = BigInt(syscallNumber("futex"));
  plan[34] = BigInt(syscallNumber("exit"));
  plan[44] = 1n;
  plan.set(
    [1, 2, 3].map((end) => BigInt(ptr(stacks) + end * STACK_BYTES)),
    35,
  );
  return wait4(toPid(Number(launch(ptr(plan)))))?.end;
}

test("the linked walker and the compiled one do the same", () => {
  const linked = linkWalker();
  if (linked === null) throw new Error("the library was not linked");
  expect(launchExit(linked)).toEqual({ kind: "exited", code: EXIT_CODE });
  expect(launchExit(compileWalker())).toEqual({ kind: "exited", code: EXIT_CODE });
});
