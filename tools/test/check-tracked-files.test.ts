import { describe, expect, test } from "bun:test";
import { bansFor, findBannedText } from "../check-tracked-files.ts";

const bans = bansFor("/srv/checkout", "/srv/me");
const reasons = (text: string) => findBannedText(text, bans).map(({ line, reason }) => `${line}: ${reason}`);
const host = ["registry.npmjs", "org"].join(".");

describe("findBannedText()", () => {
  test("finds a registry host and names its line", () => {
    expect(reasons(`a\nsee https://${host.toUpperCase()}/x`)).toEqual(["2: host name of a package registry"]);
  });
  test("finds the address of a tarball on any host", () => {
    const address = `https://mirror.example/a-1.0.0.${"tgz"}`;
    expect(reasons(`["a@1.0.0", "${address}"]`)).toEqual(["1: download address of a package"]);
  });
  test("finds the path of the checkout", () => {
    expect(reasons("cd /srv/checkout/packages")).toEqual(["1: path of this checkout"]);
  });
  test("finds a path in somebody's home", () => {
    const cache = [".np", "m"].join("");
    expect(reasons(`/srv/me/${cache}/_npx\n/home/jo/${cache}`)).toEqual([
      "1: path in somebody's home",
      "2: path in somebody's home",
    ]);
  });
  test("accepts paths that jobs see, and longer names", () => {
    expect(reasons("--tmpfs /home/user --cwd /root --ro /srv/checkouts /usr/bin/env")).toEqual([]);
  });
});
