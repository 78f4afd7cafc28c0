// What every sandbox shows of the system: programs and libraries, a few files of /etc, a minimal /dev.
import { destinationsOf, type Policy, type Step } from "@hutch/core";
import type { HostLayout } from "../host-layout.ts";
import type { Folders } from "./folders.ts";
import { INSIDE_ID } from "./id-map.ts";
import { bind, fromOldRoot, READ_ONLY, setFlags } from "./mounts.ts";

/** Character devices without state that anybody may use on any machine. */
const DEVICES = ["null", "zero", "full", "random", "urandom"];
const DEVICE_LINKS = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
] as const;

const ACCOUNTS_MODE = 0o444;

export function planSystemFiles(host: HostLayout, folders: Folders): Step[] {
  return host.system.flatMap((entry): Step[] => {
    const { path } = entry;
    if (entry.kind === "symlink") return folders.symlink(path, entry.target, "as it is on the host");
    const why = "programs and libraries of the host";
    const target = entry.kind === "folder" ? folders.folder(path, why) : folders.file(path, why);
    if (entry.kind === "folder") folders.places.set(path, { kind: "shown", writable: false });
    return [
      ...target,
      bind(fromOldRoot(entry.source), path, why),
      setFlags(path, READ_ONLY, "nobody changes the system; set-user-id bits and devices in it mean nothing"),
    ];
  });
}

export function planAccounts({ hostname, network, supervise }: Policy, folders: Folders): Step[] {
  const named = supervise === null ? [] : destinationsOf(supervise).filter((each) => each.named);
  const hosts = [...new Set(named.map(({ address, host }) => `${address} ${host}\n`))].join("");
  const files = {
    "/etc/passwd": `root:x:0:0:root:/root:/bin/sh\nsandbox:x:${INSIDE_ID}:${INSIDE_ID}:sandbox:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n`,
    "/etc/group": `root:x:0:\nsandbox:x:${INSIDE_ID}:\nnogroup:x:65534:\n`,
    "/etc/hosts": `127.0.0.1 localhost ${hostname}\n::1 localhost ${hostname}\n${hosts}`,
    "/etc/nsswitch.conf": `passwd: files\ngroup: files\nhosts: files${network === "host" ? " dns" : ""}\n`,
  };
  const why = "names for the ids and addresses inside, and nothing of the host's";
  return [
    ...folders.folder("/etc", why),
    ...Object.entries(files).flatMap(([path, content]) => folders.content(path, content, ACCOUNTS_MODE, why)),
  ];
}

export function planDevices(folders: Folders): Step[] {
  const why = "a device that anybody may use";
  return [
    ...folders.folder("/dev", why),
    ...DEVICES.flatMap((name) => [...folders.file(`/dev/${name}`, why), bind(`dev/${name}`, `/dev/${name}`, why)]),
    ...DEVICE_LINKS.flatMap(([name, target]) => folders.symlink(`/dev/${name}`, target, "programs expect it")),
  ];
}
