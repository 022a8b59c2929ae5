import type { Router } from "express";
import { z } from "zod";
import { API_FAULTS, remember, setFaults, WEBHOOK_FAULTS } from "../domain";
import type { Faults } from "../world";
import type { Hosts } from "./context";
import { read, reply } from "./control-input";

const probability = z.number().min(0).max(1).optional();
const [throttle, failBefore, failAfter, timeout, staleRead, processingFailed] = API_FAULTS;
const [webhookDrop, webhookDuplicate, webhookDelay, webhookReorder] = WEBHOOK_FAULTS;

/** The body of `POST /faults`; `{}` clears them all. */
const input = z.strictObject({
  seed: z.number().int().min(0).optional(),
  operations: z.array(z.string().min(1)).min(1).optional(),
  [throttle]: probability,
  [failBefore]: probability,
  [failAfter]: probability,
  [timeout]: probability,
  [staleRead]: probability,
  [processingFailed]: probability,
  [webhookDrop]: probability,
  [webhookDuplicate]: probability,
  [webhookDelay]: probability,
  webhookDelayMinutes: z.number().int().min(1).max(10_080).optional(),
  [webhookReorder]: probability,
});

/** Faults that are played on purpose, on all shops alike. */
export function faults(router: Router, hosts: Hosts): void {
  reply(router, hosts, "/faults", (request) => {
    const { world } = hosts.devShop;
    const body = read(input, request);
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const set = setFaults(world, given);
    // What a stale read shows begins here.
    remember(world);
    return set === null ? {} : shown(set);
  });
}

/** Faults as the control API answers them: without the count of what has met them. */
const shown = (faultsSet: Faults): Record<string, unknown> =>
  Object.fromEntries(Object.entries(faultsSet).filter(([name]) => name !== "drawn"));
