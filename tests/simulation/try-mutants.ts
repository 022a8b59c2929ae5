import { MUTANTS } from "./mutants";
import { runSeed } from "./run";
import { OPTIONS } from "./world";
const only = process.argv[2];
for (const { name, mutation } of MUTANTS) {
  if (only && !name.includes(only)) continue;
  const began = performance.now();
  let died = "SURVIVED";
  for (let seed = 1; seed <= 40; seed += 1) {
    const result = await runSeed(seed, { mutation, options: OPTIONS });
    const first = result.violations[0];
    if (first) {
      died = `seed ${seed}: ${first.invariant}: ${first.text}`;
      break;
    }
  }
  console.log(`${name}: ${died} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}
