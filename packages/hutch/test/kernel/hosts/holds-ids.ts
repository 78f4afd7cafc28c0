// Takes 300 ids, says which, and holds them until it is killed.
import { leaseHostIds } from "../../../src/host-ids.ts";

const leases = Array.from({ length: 300 }, () => leaseHostIds());
console.log(JSON.stringify(leases.map(({ ids }) => ids.uid)));
process.stdin.resume();
