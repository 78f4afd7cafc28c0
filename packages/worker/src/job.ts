// The runtime of a cold job: a fresh Bun in the job's sandbox that does what a warm copy of the worker does.
import { prepareRuntime, prepareStreams, runJob } from "./job/run-job.ts";

prepareStreams();
prepareRuntime();
// ORDER: not awaited at the top level, see run-job.ts.
runJob();
