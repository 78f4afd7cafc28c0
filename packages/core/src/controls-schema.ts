// The check of control reports that come from another process or go into a report.
import * as v from "valibot";
import { CONTROL_NAMES, type ControlReport } from "./controls.ts";

export const ControlReportsSchema: v.GenericSchema<unknown, readonly ControlReport[]> = v.array(
  v.strictObject({
    name: v.picklist(CONTROL_NAMES),
    state: v.picklist(["enforced", "partial", "unavailable", "off"]),
    why: v.string(),
    fix: v.exactOptional(v.string()),
  }),
);
