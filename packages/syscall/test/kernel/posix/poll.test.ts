import { expect, test } from "bun:test";
import { toFd } from "../../../src/fd.ts";
import { pipe2, write } from "../../../src/posix/file.ts";
import { POLL, poll } from "../../../src/posix/poll.ts";

test("poll() tells readable, hung up and closed descriptors apart", () => {
  using full = pipe2();
  using hung = pipe2();
  using quiet = pipe2();
  write(full.write.fd, Buffer.from("x"));
  hung.write.close();
  const closed = toFd(60_000);
  const events = poll(
    [full.read.fd, hung.read.fd, quiet.read.fd, closed].map((fd) => ({ fd, events: POLL.IN })),
    1000,
  );
  expect(events).toEqual([POLL.IN, POLL.HUP, 0, POLL.NVAL]);
});

test("poll() gives zeros after the timeout, and not before", () => {
  using pipe = pipe2();
  const started = performance.now();
  expect(poll([{ fd: pipe.read.fd, events: POLL.IN }], 30)).toEqual([0]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(29);
  expect(poll([], 0)).toEqual([]);
});
