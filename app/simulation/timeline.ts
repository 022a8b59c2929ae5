/** What will happen at a moment. */
interface Planned {
  at: number;
  /** Things of one moment happen in the order in which they were planned. */
  order: number;
  act: () => void;
}

/**
 * Virtual time: what is planned happens in order of its moment, and the time in between takes none. Promises that wait
 * on `sleep` go on one at a time, so that a run with the same seed is the same run, however many workers take part.
 */
export class Timeline {
  private readonly heap: Planned[] = [];
  private order = 0;
  private awake = false;
  private steps = 0;

  /** @param now milliseconds since 1970 */
  constructor(public now: number) {}

  /** Plans something; a moment that has passed is now. */
  at(at: number, act: () => void): void {
    const { heap } = this;
    const planned = { at: Math.max(at, this.now), order: (this.order += 1), act };
    let place = heap.push(planned) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || !before(planned, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = planned;
  }

  in(ms: number, act: () => void): void {
    this.at(this.now + ms, act);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) =>
      this.in(ms, () => {
        this.wake();
        resolve();
      }),
    );
  }

  /** Says that promises may go on because of what is happening: time stands until they all wait again. */
  wake(): void {
    this.awake = true;
  }

  /** The clock jumps forward: what would have happened in between happens at once, in order. */
  jump(ms: number): void {
    this.now += ms;
  }

  /**
   * Lets everything happen up to and including `end`.
   * @param afterEach called after every single thing, when all promises wait
   */
  async runUntil(end: number, afterEach?: () => void): Promise<void> {
    for (let next = this.heap[0]; next && next.at <= end; next = this.heap[0]) {
      this.takeFirst();
      this.now = Math.max(this.now, next.at);
      next.act();
      if (this.awake) {
        this.awake = false;
        await allWaiting((this.steps += 1));
      }
      afterEach?.();
    }
    this.now = Math.max(this.now, end);
  }

  private takeFirst(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const first = heap[left];
      if (!first) break;
      const second = heap[left + 1];
      const child = second && before(second, first) ? left + 1 : left;
      const below = heap[child];
      if (!below || !before(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }
}

const before = (one: Planned, other: Planned): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** The process does something else after so many steps: it may have requests to answer. */
const STEPS_AT_ONCE = 200;

/** Node runs every promise that can go on before the next tick that a promise asks for; an immediate takes far longer. */
async function allWaiting(step: number): Promise<void> {
  await Promise.resolve();
  await new Promise<void>((resolve) => {
    if (step % STEPS_AT_ONCE === 0) setImmediate(resolve);
    else process.nextTick(resolve);
  });
}
