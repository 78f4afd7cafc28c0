// A file that we were asked to write could not be written: status 125, whatever the job did.
export class OutputFileError extends Error {
  override readonly name: string = "OutputFileError";
}
