// Takes ids for 50 jobs with one and for 50 with a range, and says which.
import { leaseHostIds, leaseHostRange } from "../../../src/host-ids.ts";

const first = (lease: typeof leaseHostIds): number[] => Array.from({ length: 50 }, () => lease().ids.uid);
console.log(JSON.stringify({ ones: first(leaseHostIds), ranges: first(leaseHostRange) }));
