// The file of --report. It is opened before the job runs, so that nothing runs whose report could not be written, and it
// gets its name only when it is complete.
import type { Report } from "hutch";
import { reasonOf } from "../error-reason.ts";
import { OutputFileError } from "../output-file-error.ts";
import { printableJson } from "./printable.ts";

// Loaded so, because an import of this program is there from its start, and most runs have no report.
const {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} = process.getBuiltinModule("node:fs");
const { basename, dirname, join } = process.getBuiltinModule("node:path");

const MODE = 0o666;

export interface ReportFile extends Disposable {
  /** Once. @throws OutputFileError */
  write(report: Report): void;
}

/**
 * An old report of that name is removed at once: after a refusal nobody must take it for this run's.
 * Disposing it without a write leaves nothing behind.
 * @throws OutputFileError
 */
export function openReportFile(path: string): ReportFile {
  return guard(path, () => {
    const existing = statSync(path, { throwIfNoEntry: false });
    // A pipe or a device is written in place; without a reader a pipe must not hold us up.
    if (existing !== undefined && !existing.isFile())
      return inPlace(path, openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    const target = existing === undefined ? path : realpathSync(path);
    // ORDER: asks for the right to write the old file before it is replaced.
    if (existing !== undefined) closeSync(openSync(target, constants.O_WRONLY));
    const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
    return renamed(path, target, partial);
  });
}

function renamed(path: string, target: string, partial: string): ReportFile {
  const fd = openSync(partial, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, MODE);
  let [open, written] = [true, false];
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  if (statSync(target, { throwIfNoEntry: false }) !== undefined) unlinkSync(target);
  return {
    write: (report) =>
      guard(path, () => {
        // TRUST: the job may have been given this folder to write in. It is over, so what is there now stays.
        if (!isAt(fd, partial)) throw new Error("somebody replaced the file while the job ran");
        ftruncateSync(fd);
        writeReport(fd, report);
        renameSync(partial, target);
        written = true;
        close();
      }),
    [Symbol.dispose]() {
      const ours = !written && open && isAt(fd, partial);
      close();
      if (ours) unlinkSync(partial);
    },
  };
}

/** Whether the path still leads to the open file, and by no link. */
function isAt(fd: number, path: string): boolean {
  const [ours, there] = [fstatSync(fd, { bigint: true }), lstatSync(path, { bigint: true, throwIfNoEntry: false })];
  return there?.ino === ours.ino && there.dev === ours.dev;
}

function inPlace(path: string, fd: number): ReportFile {
  if (fstatSync(fd).isDirectory()) {
    closeSync(fd);
    throw new Error("it is a folder");
  }
  return {
    write: (report) => guard(path, () => writeReport(fd, report)),
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** To the microsecond: what follows in a time is how computers count, and no clock's. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
}

function writeReport(fd: number, report: Report): void {
  const bytes = new TextEncoder().encode(`${printableJson(JSON.stringify(report, rounded, 2))}\n`);
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
}

function guard<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new OutputFileError(`Cannot write the report "${path}": ${reasonOf(error)}`, { cause: error });
  }
}
