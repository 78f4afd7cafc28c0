// The programs for a job: shipped ones, which are ready, or those of the caller's profile, which are assembled once.
import type { Policy, Supervise, SyscallProfile } from "@hutch/core";
import { type Arch, arch, kernelVersion, SECCOMP_FILTER_FLAG } from "@hutch/syscall";
import { COMMAND_PROFILE } from "../policies/command-profile.ts";
import { FUNCTION_PROFILE } from "../policies/function-profile.ts";
import { pairsProfile } from "../policies/only-pairs.ts";
import { tcpProfile } from "../policies/past-landlock.ts";
import { supervisedProfile } from "../policies/supervised-profile.ts";
import { assembleFilter } from "./assemble-filter.ts";
import { FILTER_DATA } from "./filter-data.ts";
import { type FilterTarget, resolveProfile } from "./resolve-profile.ts";
import { splitFatal } from "./split-fatal.ts";
import { supervisedNumbers } from "./supervised-calls.ts";

export interface JobFilter {
  readonly profile: "command" | "function" | "worker" | "supervised" | "given";
  /** For process 1: what is fatal waits for init. struct sock_filter by struct sock_filter; the same object for the same profile. */
  readonly fatal: Uint8Array;
  /** For process 2: everything else. */
  readonly rest: Uint8Array;
  /** SECCOMP_FILTER_FLAG. */
  readonly flags: number;
}

/** By what they are for. */
const shipped = new Map<string, JobFilter>();
/** A profile object is data: it does not change. One for each thing that the rest of the policy adds to it. */
const given = new WeakMap<SyscallProfile, Map<string, JobFilter>>();

type Choice = Pick<Policy, "syscalls" | "supervise" | "tcp" | "unixSockets">;

/** @param serves which shipped profile the policy means by "default" @throws TypeError for a profile that cannot be meant */
export function chooseFilter(policy: Choice, serves: "command" | "function"): JobFilter | null {
  const { syscalls, supervise } = policy;
  if (syscalls === "off") return null;
  const variant = variantOf(policy);
  if (supervise !== null) return supervisedFilter(supervise, serves, variant);
  if (syscalls === "default")
    return variant.name === "" ? shippedFilter(serves, arch()) : variedFilter(serves, variant);
  const kept = given.get(syscalls) ?? new Map<string, JobFilter>();
  given.set(syscalls, kept);
  let filter = kept.get(variant.name);
  if (filter === undefined) {
    filter = { ...assemble(variant.of(syscalls)), profile: "given", flags: flagsOf(syscalls) };
    kept.set(variant.name, filter);
  }
  return filter;
}

/** What the rest of a policy takes from a profile. */
interface Variant {
  /** "": nothing. */
  readonly name: string;
  readonly of: (profile: SyscallProfile) => SyscallProfile;
}

function variantOf({ supervise, tcp, unixSockets }: Choice): Variant {
  const parts: readonly Variant[] = [
    ...(unixSockets === "all" ? [] : [{ name: "pairs", of: pairsProfile }]),
    // What a supervised job may of TCP is its own profile's matter.
    ...(tcp === null || supervise !== null
      ? []
      : [
          {
            name: tcp.bind.length > 0 ? "tcp and listeners" : "tcp",
            of: (profile: SyscallProfile) => tcpProfile(profile, tcp.bind.length > 0),
          },
        ]),
  ];
  return {
    name: parts.map(({ name }) => name).join(", "),
    of: (profile) => parts.reduce((below, { of }) => of(below), profile),
  };
}

/** @param waits numbers that wait for the host's leave */
function assemble(profile: SyscallProfile, waits?: ReadonlySet<number>): Pick<JobFilter, "fatal" | "rest"> {
  const target = thisMachine();
  const { fatal, rest } = splitFatal(resolveProfile(profile, target), target, waits);
  return { fatal: assembleFilter(fatal), rest: assembleFilter(rest) };
}

/** Assembled here, since most policies take nothing; kept for the next job. */
function variedFilter(serves: "command" | "function", { name, of }: Variant): JobFilter {
  const key = `${serves} ${name}`;
  let filter = shipped.get(key);
  if (filter === undefined) {
    filter = { ...assemble(of(shippedProfile(serves))), profile: serves, flags: 0 };
    shipped.set(key, filter);
  }
  return filter;
}

function shippedProfile(serves: "command" | "function"): SyscallProfile {
  return serves === "command" ? COMMAND_PROFILE : FUNCTION_PROFILE;
}

/** For who launches jobs: null where these may have calls that the shipped profiles do not. Only `rest` is for it. */
export function chooseWorkerFilter({ syscalls, supervise }: Pick<Policy, "syscalls" | "supervise">): JobFilter | null {
  return syscalls === "default" && supervise === null ? shippedFilter("worker", arch()) : null;
}

/** Assembled here, since which calls wait is the caller's choice; kept for the next job. */
function supervisedFilter(supervise: Supervise, serves: "command" | "function", { name, of }: Variant): JobFilter {
  const numbers = supervisedNumbers(supervise);
  const key = `supervised ${serves} ${name} ${numbers.join(" ")}`;
  let filter = shipped.get(key);
  if (filter === undefined) {
    const profile = supervisedProfile(of(shippedProfile(serves)));
    filter = { ...assemble(profile, new Set(numbers)), profile: "supervised", flags: 0 };
    shipped.set(key, filter);
  }
  return filter;
}

function shippedFilter(profile: "command" | "function" | "worker", of: Arch): JobFilter {
  const key = `${profile} ${of}`;
  let filter = shipped.get(key);
  if (filter === undefined) {
    const { fatal, rest } = FILTER_DATA[profile][of];
    filter = { profile, fatal: Uint8Array.fromBase64(fatal), rest: Uint8Array.fromBase64(rest), flags: 0 };
    shipped.set(key, filter);
  }
  return filter;
}

function flagsOf({ flags }: SyscallProfile): number {
  const has = (name: string): boolean => flags?.some((flag) => flag === `SECCOMP_FILTER_FLAG_${name}`) ?? false;
  return (has("LOG") ? SECCOMP_FILTER_FLAG.LOG : 0) | (has("SPEC_ALLOW") ? SECCOMP_FILTER_FLAG.SPEC_ALLOW : 0);
}

/** What profiles are resolved for here. */
export function thisMachine(): FilterTarget {
  return { arch: arch(), kernel: kernelVersion() };
}
