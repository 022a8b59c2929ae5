import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const realTime = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "Business time comes from ctx.clock (docs/decisions/0005).",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Business time comes from ctx.clock (docs/decisions/0005).",
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: "Randomness and ids come from ctx.ids, or a seeded generator in tests.",
  },
];

export default tseslint.config(
  {
    ignores: [
      "build/",
      "node_modules/",
      ".data/",
      ".cache/",
      "app/generated/",
      "app/shopify/generated/",
      "**/*.liquid",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // A promise nobody waits for is work that is lost without a word.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "no-restricted-syntax": ["error", ...realTime],
    },
  },
  {
    files: ["**/*.tsx"],
    plugins: { "react-hooks": reactHooks },
    rules: { "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" },
  },
  {
    // The seams to the real world: the system clock, tokens that end in real time, tools that measure or name by time.
    files: ["app/lib/**", "app/shopify/access-token.server.ts", "prisma/*.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    // Tokens, signatures, buckets and latency run on real time at Shopify as well; tests and benches measure it.
    files: ["tests/**"],
    rules: { "no-restricted-syntax": ["error", realTime[2]] },
  },
  {
    // What browsers and tools load as it stands.
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: {
        module: "writable",
        window: "readonly",
        document: "readonly",
        console: "readonly",
        process: "readonly",
        fetch: "readonly",
        URL: "readonly",
        URLSearchParams: "readonly",
        Headers: "readonly",
        Request: "readonly",
        Response: "readonly",
        CustomEvent: "readonly",
        Event: "readonly",
        HTMLElement: "readonly",
        customElements: "readonly",
        MutationObserver: "readonly",
        location: "readonly",
        history: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        DOMParser: "readonly",
        FormData: "readonly",
        crypto: "readonly",
        navigator: "readonly",
        CSS: "readonly",
        requestAnimationFrame: "readonly",
        structuredClone: "readonly",
        Buffer: "readonly",
        HTMLFormElement: "readonly",
        AbortController: "readonly",
      },
    },
  },
);
