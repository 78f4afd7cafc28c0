// O6: nothing that only the host has is in anything that came out of the job, and nobody came to a listener of the host.
import type { Attempt } from "../attempt.ts";
import type { Stage } from "../stage.ts";

export function findSecrets({ everything }: Attempt, stage: Stage): readonly string[] {
  const contacts = stage.contacts();
  return [
    ...(everything.includes(stage.secret) ? ["O6: the host's secret is in the output"] : []),
    ...(contacts > 0 ? [`O6: ${contacts} connections came to a listener of the host`] : []),
  ];
}
