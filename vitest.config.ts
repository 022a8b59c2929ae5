import tsconfigPaths from "vite-tsconfig-paths";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [tsconfigPaths()],
  test: {
    // Vitest leaves a core free by default; on two cores that is half the machine.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "checks",
          // Importing the stand-in's schema takes seconds: a worker does it once. What a file needs apart (its database, its
          // stand-in) it makes itself, and stubs are taken back.
          isolate: false,
          unstubGlobals: true,
          unstubEnvs: true,
          restoreMocks: true,
          include: ["app/**/*.test.ts", "app/**/*.test.tsx", "prisma/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: ["tests/e2e/**", "**/*.browser.test.ts", "node_modules/**"],
          globalSetup: ["tests/database-setup.ts"],
          // It imports the extensions' own sources, which only Vite can read.
          server: { deps: { inline: [/ui-extensions-tester/] } },
          // Months of a shop's life on a busy machine.
          testTimeout: 180_000,
          hookTimeout: 120_000,
          env: { NODE_ENV: "test", TZ: "UTC" },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts", "**/*.browser.test.ts"],
          exclude: ["tests/e2e/kill.test.ts", "node_modules/**"],
          globalSetup: ["tests/e2e/setup.ts"],
          setupFiles: ["tests/e2e/start-over.ts"],
          // One running demo serves all files, one after another.
          fileParallelism: false,
          testTimeout: 240_000,
          // A page on a busy machine takes its time; what is waited for comes or the test fails.
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          // `npm run test:kill`: processes killed and connections cut, on a demo of its own; too slow for every change.
          name: "kill",
          include: ["tests/e2e/kill.test.ts"],
          globalSetup: ["tests/e2e/setup.ts"],
          setupFiles: ["tests/e2e/start-over.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
