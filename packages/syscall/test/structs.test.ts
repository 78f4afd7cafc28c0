import { describe, expect, test } from "bun:test";
import * as linux from "../src/linux/structs.ts";
import { OPEN_FLAGS } from "../src/posix/open-flags.ts";
import * as posix from "../src/posix/structs.ts";
import { type Layout, scalarSize } from "../src/struct.ts";
import arm64 from "./layout.aarch64.json" with { type: "json" };
import x86 from "./layout.x86_64.json" with { type: "json" };

interface Golden {
  readonly structs: Readonly<Record<string, { readonly size: number; readonly fields: unknown }>>;
  readonly open_flags: Readonly<Record<string, number>>;
}
const goldens = [
  ["x86-64", x86 as Golden],
  ["arm64", arm64 as Golden],
] as const;

function layouts(arch: "x86-64" | "arm64"): Layout[] {
  const shared = ([...Object.values(posix), ...Object.values(linux)] as unknown[]).filter(
    (value): value is Layout => typeof value === "object" && value !== null && "fields" in value,
  );
  return [...shared, linux.EPOLL_EVENT_LAYOUTS[arch]];
}

function asGolden(layout: Layout): unknown {
  const fields = layout.fields.map(([name, type, offset, length]) => [
    name,
    [offset, type === "bytes" ? length : scalarSize[type]],
  ]);
  return { size: layout.size, fields: Object.fromEntries(fields) };
}

describe.each(goldens)("layouts of %s", (arch, golden) => {
  test.each(layouts(arch).map((layout) => [layout.name, layout] as const))(
    "%s has the sizes and offsets that C prints",
    (name, layout) => {
      expect(asGolden(layout)).toEqual(golden.structs[name] as never);
    },
  );

  test("are all that C prints", () => {
    expect(
      layouts(arch)
        .map((layout) => layout.name)
        .sort(),
    ).toEqual(Object.keys(golden.structs).sort());
  });

  test("OPEN_FLAGS has the values that C prints", () => {
    const flags = Object.entries(OPEN_FLAGS[arch]).map(([name, value]) => [`O_${name}`, value]);
    expect(Object.fromEntries(flags)).toEqual(golden.open_flags);
  });
});
