import { describe, expect, test } from "bun:test";
import { createPool, prepare, run } from "../src/index.ts";

describe("an option that is not known", () => {
  const cases: readonly (readonly [name: string, ofRun: string, ofPool: string])[] = [
    ["limit", '; did you mean "limits"?', '; did you mean "limits"?'],
    ["worker", "", '; did you mean "workers"?'],
    ["cwd", '; did you mean "policy.cwd"?', '; did you mean "policy.cwd"?'],
    ["env", '; did you mean "policy.env"?', '; did you mean "policy.env"?'],
    ["cpuMs", '; did you mean "limits.cpuMs"?', '; did you mean "limits.cpuMs"?'],
    ["timeout", '; did you mean "limits.wallMs"?', '; did you mean "limits.wallMs"?'],
    ["input", '; did you mean "stdin"?', ""],
    ["toString", "", ""],
  ];
  test.each([...cases])("%s is refused with the nearest that is", async (name, ofRun, ofPool) => {
    const message = `Cannot use option "${name}": it is not known`;
    expect(() => run(["true"], { [name]: 1 })).toThrow(new TypeError(`${message}${ofRun}`));
    await expect(prepare(new Uint8Array(), { [name]: 1 })).rejects.toThrow(message);
    await expect(createPool({ [name]: 1 })).rejects.toThrow(new TypeError(`${message}${ofPool}`));
  });
});

test("prepare() takes no option of a pool", async () => {
  await expect(prepare(new Uint8Array(), { workers: 2 } as object)).rejects.toThrow('Cannot use option "workers"');
});

describe("options of a wrong kind", () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, "Cannot use null as options: expected an object"],
    ["x", "Cannot use x as options: expected an object"],
    [{ signal: new AbortController() }, "Cannot use signal: expected an AbortSignal; did you mean its .signal?"],
  ];
  test.each([...wrong])("%p are refused by run(), prepare() and createPool()", async (options, message) => {
    expect(() => run(["true"], options as object)).toThrow(new TypeError(message));
    await expect(prepare(new Uint8Array(), options as object)).rejects.toThrow(new TypeError(message));
    await expect(createPool(options as object)).rejects.toThrow(new TypeError(message));
  });

  test.each([
    [{ module: 5 }, "Cannot use module = 5: expected a path or a file URL"],
    [
      { module: new URL("https://host/x.ts") },
      'Cannot use module = "https://host/x.ts": expected a path or a file URL',
    ],
    [{ module: "/no/such.ts" }, 'Cannot use module = "/no/such.ts": there is no such file'],
    [{ preload: "x" }, "Cannot use preload: expected an array of package names, paths or file URLs"],
    [{ preload: [5] }, "Cannot use preload: expected an array of package names, paths or file URLs"],
  ])("%p is refused by createPool()", async (options, message) => {
    await expect(createPool(options as object)).rejects.toThrow(new TypeError(message));
  });
});
