import { Kind, parse } from "graphql";
import type { Router } from "express";
import { z } from "zod";
import type { Hosts } from "./context";
import { read, reply } from "./control-input";

/** Held before the work is done, or after it and before its answer leaves. */
export type HoldPoint = "before" | "after";

interface Hold {
  shop: string;
  /** An operation's name or that of one of its root fields. */
  operation: string;
  when: HoldPoint;
  /** Calls that pass before the first is held. */
  skip: number;
  /** Calls still to be held. */
  calls: number;
}

/** Who called, as far as it is known here. */
export interface Caller {
  shop: string;
  /** Process id, told by register.mjs. */
  process: number | null;
  /** Aborted when the caller's connection has ended. */
  gone: AbortSignal;
}

interface Waiting extends Omit<Caller, "gone"> {
  operation: string;
  when: HoldPoint;
  goOn: () => void;
}

/**
 * Calls of the Admin API that are kept waiting on purpose, so that a test can do something at that very point: kill the
 * process that called, cut its connections. Held over HTTP alone; a restart of the stand-in forgets them.
 */
export class Holds {
  private holds: Hold[] = [];
  private readonly waiting = new Set<Waiting>();

  place(hold: Hold): void {
    this.holds.push(hold);
  }

  /** Lets every waiting call go on, and holds no others. */
  release(): void {
    this.holds = [];
    for (const { goOn } of this.waiting) goOn();
  }

  status(): { holds: Hold[]; waiting: Omit<Waiting, "goOn">[] } {
    const waiting = [...this.waiting].map(({ shop, process, operation, when }) => ({ shop, process, operation, when }));
    return { holds: this.holds, waiting };
  }

  /**
   * Waits as long as this call is held at this point.
   * @returns whether the caller is still there
   */
  async pass(when: HoldPoint, body: unknown, { gone, ...caller }: Caller): Promise<boolean> {
    const operation = this.holds.length === 0 ? null : this.take(when, caller.shop, namesIn(body));
    if (operation !== null) {
      await new Promise<void>((resolve) => {
        const waiting: Waiting = { ...caller, operation, when, goOn: () => leave() };
        const leave = () => {
          this.waiting.delete(waiting);
          gone.removeEventListener("abort", leave);
          resolve();
        };
        this.waiting.add(waiting);
        gone.addEventListener("abort", leave);
        if (gone.aborted) leave();
      });
    }
    return !gone.aborted;
  }

  /** The operation that holds this call, counted; null when it may pass. */
  private take(when: HoldPoint, shop: string, names: readonly string[]): string | null {
    const hold = this.holds.find((each) => each.when === when && each.shop === shop && names.includes(each.operation));
    if (!hold) return null;
    if (hold.skip > 0) {
      hold.skip -= 1;
      return null;
    }
    hold.calls -= 1;
    if (hold.calls <= 0) this.holds = this.holds.filter((each) => each !== hold);
    return hold.operation;
  }
}

function namesIn(body: unknown): string[] {
  if (typeof body !== "object" || body === null || !("query" in body) || typeof body.query !== "string") return [];
  try {
    return parse(body.query).definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? [
            ...(definition.name ? [definition.name.value] : []),
            ...definition.selectionSet.selections.flatMap((field) =>
              field.kind === Kind.FIELD ? [field.name.value] : [],
            ),
          ]
        : [],
    );
  } catch {
    return [];
  }
}

const input = z.strictObject({
  operation: z.string().min(1),
  when: z.enum(["before", "after"]),
  skip: z.number().int().min(0).default(0),
  calls: z.number().int().min(1).default(1),
});

/** `POST /hold` keeps calls waiting, `GET /hold` says which wait, `POST /release` lets all go on. */
export function holds(router: Router, hosts: Hosts): void {
  router.get("/hold", (_request, response) => {
    response.json(hosts.holds.status());
  });
  reply(router, hosts, "/hold", (request, shop) => {
    hosts.holds.place({ ...read(input, request), shop: shop.name });
    return hosts.holds.status();
  });
  reply(router, hosts, "/release", () => {
    hosts.holds.release();
    return hosts.holds.status();
  });
}
