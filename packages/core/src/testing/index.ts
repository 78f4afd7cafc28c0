export { CONFORMANCE_MODULE } from "./conformance/module.ts";
export {
  type ConformanceCase,
  ConformanceError,
  type Ended,
  type Promised,
  type Subject,
} from "./conformance/subject.ts";
export { conformanceCases } from "./conformance.ts";
export { sampleEvidence, sampleReport, sampleUsage } from "./samples.ts";
