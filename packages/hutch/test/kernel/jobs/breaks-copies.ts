// A trusted module that breaks what a copy of the worker does first. The canary, which stays in "/", notices nothing.
const { chdir } = process;
process.chdir = (folder: string): void => {
  if (folder !== "/") throw new Error("planted: chdir is broken");
  chdir.call(process, folder);
};
