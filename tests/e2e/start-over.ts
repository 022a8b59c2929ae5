import { beforeAll } from "vitest";

import { DemoClient } from "./demo";

/** Every file finds the demo as new, whatever the files before it did to the shop and to its clock. */
beforeAll(async () => {
  const demo = new DemoClient();
  await demo.post("/reset");
  await demo.settle();
});
