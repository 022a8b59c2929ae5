import { parseArgs } from "node:util";

import { FAULTS, scaled } from "./faults";
import { runSeed } from "./run";
import { OPTIONS } from "./world";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    /** How often things go wrong, compared with the check: 0.1 is a bad day of real life. */
    faults: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
  },
});

const options = { ...OPTIONS, faults: scaled(FAULTS, Number(values.faults)) };
const from = Number(values.from);
const seeds = Number(values.seeds);
const began = performance.now();
const cpu = process.cpuUsage();
const sum = { cycles: 0, charged: 0, double: 0, missed: 0, parked: 0, retried: 0, punctual: 0, inTime: 0 };
let failing = 0;
for (let seed = from; seed < from + seeds; seed += 1) {
  const result = await runSeed(seed, { options, trace: values.trace });
  for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key];
  if (values.trace) console.log(result.trace.join("\n"));
  if (result.violations.length === 0) continue;
  failing += 1;
  console.log(
    `Seed ${seed} breaks ${result.violations.length}; replay: npm run simulate -- --seeds 1 --from ${seed} --trace`,
  );
  for (const { invariant, at, contractId, text } of result.violations.slice(0, 5)) {
    console.log(`  ${at} ${contractId}: ${invariant}: ${text}`);
  }
}
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(
  `seeds ${seeds}, failing ${failing}, cycles ${sum.cycles}, charged ${sum.charged}, double ${sum.double}, ` +
    `missed ${sum.missed}, parked ${sum.parked}, retried ${sum.retried}, punctual ${sum.punctual}/${sum.inTime} (${percent(sum.punctual, sum.inTime)}), ` +
    `seconds ${seconds.toFixed(1)} (${((user + system) / 1e6).toFixed(1)} of a core's)`,
);

/** Rounded down: nothing is whole that is not. */
function percent(part: number, whole: number): string {
  return `${(Math.floor((10_000 * part) / Math.max(1, whole)) / 100).toFixed(2)} %`;
}
