import { expect, test } from "bun:test";
import { EPOLL, EPOLL_CTL, epollCreate1, epollCtl, epollWait, eventfd2 } from "../../../src/linux/epoll.ts";
import { read } from "../../../src/posix/file.ts";

test("epollWait() gives each ready descriptor with the data that it was registered with", () => {
  using epoll = epollCreate1();
  using first = eventfd2(1);
  using second = eventfd2(3);
  epollCtl(epoll.fd, EPOLL_CTL.ADD, first.fd, { events: EPOLL.IN | EPOLL.ET, data: 0xffff_ffff_ffff_fffen });
  epollCtl(epoll.fd, EPOLL_CTL.ADD, second.fd, { events: EPOLL.IN, data: 2n });
  expect(epollWait(epoll.fd, 8, 0)).toEqual([
    { events: EPOLL.IN, data: 0xffff_ffff_ffff_fffen },
    { events: EPOLL.IN, data: 2n },
  ]);
  epollCtl(epoll.fd, EPOLL_CTL.DEL, first.fd, null);
  const count = new Uint8Array(8);
  read(second.fd, count);
  expect(count[0]).toBe(3);
  expect(epollWait(epoll.fd, 8, 1)).toEqual([]);
  expect(() => epollCtl(epoll.fd, EPOLL_CTL.DEL, first.fd, null)).toThrow(
    `Cannot epoll_ctl descriptor ${first.fd}: ENOENT`,
  );
});
