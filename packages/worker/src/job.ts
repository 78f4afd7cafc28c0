// The runtime of a cold job: a fresh Bun in the job's sandbox that does what a warm copy of the worker does.
import { runJob } from "./job/run-job.ts";

// ORDER: not awaited at the top level, see run-job.ts.
runJob();
