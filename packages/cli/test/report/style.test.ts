import { describe, expect, test } from "bun:test";
import { wantsColour } from "../../src/report/style.ts";

describe("wantsColour", () => {
  const terminal = (): boolean => true;
  const pipe = (): boolean => false;

  test.each([
    [{}, true],
    [{ NO_COLOR: "" }, true],
    [{ NO_COLOR: "1" }, false],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [{ FORCE_COLOR: "0" }, false],
    [{ TERM: "dumb" }, false],
    [{ TERM: "dumb", FORCE_COLOR: "1" }, true],
  ])("on a terminal %j is %p", (env, wanted) => {
    expect(wantsColour(env, terminal)).toBe(wanted);
  });

  test.each([
    [{}, false],
    [{ FORCE_COLOR: "1" }, true],
    [{ FORCE_COLOR: "" }, false],
  ])("into a pipe %j is %p", (env, wanted) => {
    expect(wantsColour(env, pipe)).toBe(wanted);
  });
});
