/** Who may import whom (docs/architecture.md). Routes and the worker → rooms → history, shopify, jobs, lib, db. */

const ROOMS = "schedule|money|plans|contracts|billing|portal|notifications|history|webhooks|shops|simulation";

/** Which other rooms a room may import; pure rooms import none. */
const MAY_IMPORT = {
  schedule: [],
  money: [],
  history: [],
  plans: ["money"],
  contracts: ["plans", "schedule", "money", "history"],
  billing: ["contracts", "schedule", "money", "history"],
  // It asks notifications for what a shopper asks to be sent: Shopify's secure card mail, a link to the portal.
  portal: ["contracts", "billing", "plans", "schedule", "money", "history", "notifications"],
  notifications: ["money", "history"],
  shops: ["schedule", "history"],
  webhooks: ["contracts", "billing", "shops", "history"],
  simulation: ["billing", "contracts", "schedule", "money"],
};

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      from: { path: "^app/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "app-not-to-tests",
      severity: "error",
      from: { path: "^app/", pathNot: "\\.(test|fixture)\\.tsx?$" },
      to: { path: "^tests/" },
    },
    {
      name: "stand-in-not-to-app",
      comment: "The stand-in is Shopify: it knows nothing of the app.",
      severity: "error",
      from: { path: "^tests/dev-shop/" },
      // How addresses are written is Shopify's data, which both sides read.
      to: { path: "^app/", pathNot: "^app/lib/regions/regions\\.json$" },
    },
    {
      name: "nobody-imports-routes",
      severity: "error",
      from: { path: "^app/", pathNot: "^app/routes/" },
      to: { path: "^app/routes/" },
    },
    {
      name: "only-the-worker-binds-queues",
      severity: "error",
      from: { path: "^app/", pathNot: "^app/(worker|handlers)\\.server|\\.test\\.tsx?$" },
      to: { path: "^app/handlers\\.server" },
    },
    {
      name: "ground-floor-knows-no-room",
      severity: "error",
      from: { path: "^app/(lib|jobs)/|^app/db\\.server|^app/ui/", pathNot: "\\.test\\.tsx?$" },
      to: { path: `^app/(${ROOMS})/`, dependencyTypesNot: ["type-only"], pathNot: "^app/money/" },
    },
    {
      name: "pure-files-import-pure-files",
      comment: "Files without .server in a room do no I/O; their types may come from anywhere.",
      severity: "error",
      from: {
        path: `^app/(${ROOMS})/`,
        pathNot: "\\.server\\.tsx?$|\\.test\\.tsx?$|/components/|\\.(memory|fixture|suite)\\.ts$",
      },
      to: { path: "\\.server\\.tsx?$|^app/generated/prisma/client", dependencyTypesNot: ["type-only"] },
    },
    ...Object.entries(MAY_IMPORT).map(([room, others]) => ({
      name: `walls-of-${room}`,
      severity: "error",
      from: { path: `^app/${room}/`, pathNot: "\\.test\\.tsx?$|/components/" },
      to: {
        path: `^app/(${ROOMS})/`,
        pathNot: `^app/(${[room, ...others].join("|")})/`,
        dependencyTypesNot: ["type-only"],
      },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules|^app/generated|^app/shopify/generated" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
