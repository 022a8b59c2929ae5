import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chances that come out the same for the same seed, in the same order. */
export class Random {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  /** @param seed any integer */
  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
    // Neighbouring seeds start alike; a few draws later they have nothing in common.
    for (let draw = 0; draw < 8; draw += 1) this.generator.next();
  }

  /** In [0, 1). */
  next(): number {
    return (this.generator.next() >>> 0) / UINT32;
  }

  /** @param probability 0–1 */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both bounds included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.between(0, items.length - 1)] ?? items[0];
  }

  /** By weight: [[thing, weight], …]; weights need not sum to anything. */
  weighted<T>(items: readonly [readonly [T, number], ...(readonly [T, number])[]]): T {
    let left = this.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[0][0];
  }

  /** A length of time with this mean, mostly shorter, sometimes much longer. */
  around(meanMs: number): number {
    return Math.floor(-Math.log(1 - this.next()) * meanMs);
  }
}

const UINT32 = 4_294_967_296;

/**
 * One chance in [0, 1) that depends on the seed and the name alone, not on what was drawn before: two runs in which
 * other things happen still give the same card the same luck.
 */
export function chanceOf(seed: number, name: string): number {
  let hash = (FNV_OFFSET ^ seed) | 0;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), FNV_PRIME);
  // Names that end alike would come out alike: the bits are mixed once more.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / UINT32;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
