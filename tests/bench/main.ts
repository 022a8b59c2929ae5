import { adminHomeBytes, blockBytes, OTHER_BLOCKS, widgetBytes } from "./bytes";
import { monthOf } from "./renewals";

/** `npm run bench`: the measured numbers of tests/bench/README.md, each beside its limit. */

const ratio = (value: number, limit: number) => `${(value / limit).toFixed(2)} of ${limit}`;
const SUBSCRIBERS = Number(process.argv[2] ?? 1000);

const widget = widgetBytes();
console.log(
  `widget script, gzip:      ${widget.script} bytes = ${ratio(widget.script, 1000)} (raw ${widget.scriptRaw})`,
);
console.log(`widget style, gzip:       ${widget.style} bytes = ${ratio(widget.style, 800)}`);
for (const block of OTHER_BLOCKS) {
  const { script, style } = blockBytes(block);
  console.log(`${`${block} block, gzip:`.padEnd(26)}script ${script} bytes, style ${style} bytes`);
}

const month = await monthOf(SUBSCRIBERS);
const home = adminHomeBytes();
console.log(`admin home script, gzip:  ${home.script} bytes`);
console.log(`admin home style, gzip:   ${home.style} bytes`);
const points = month.points / month.renewals;
const calls = month.calls / month.renewals;
console.log(`contracts:                ${month.contracts}, renewals in 31 days: ${month.renewals}`);
console.log(`points per renewal:       ${points.toFixed(2)} = ${(points / 10).toFixed(2)} × the mutation's own 10`);
console.log(`HTTP calls per renewal:   ${calls.toFixed(3)}`);
console.log(`31 days settled in:       ${month.seconds.toFixed(1)} s = ${ratio(month.seconds, 60)}`);
for (const [operation, { calls: times, points: cost }] of Object.entries(month.byOperation)) {
  console.log(`  ${operation.padEnd(36)} ${times} calls, ${cost} points`);
}
