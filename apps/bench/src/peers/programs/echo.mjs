// What a process of one's own costs without a sandbox: a line there and a line back.
import { serve } from "./serve-lines.mjs";

await serve(() => {});
