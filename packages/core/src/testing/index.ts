export { sampleEvidence, sampleReport, sampleUsage } from "./samples.ts";
