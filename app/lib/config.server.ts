import { z } from "zod";

/** Longer than any statement of ours takes. */
const DATABASE_TIMEOUT_SECONDS = 120;

const schema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("development"),
  DATABASE_URL: z.url(),
  /** How long the database may say nothing while it is asked something. */
  DATABASE_TIMEOUT_SECONDS: z.coerce.number().int().min(1).default(DATABASE_TIMEOUT_SECONDS),
  SHOPIFY_API_KEY: z.string().min(1),
  SHOPIFY_API_SECRET: z.string().min(1),
  SHOPIFY_APP_URL: z.url(),
  /** 32 bytes in base64; encrypts Shopify's tokens at rest. */
  TOKEN_ENCRYPTION_KEY: z
    .string()
    .refine((value) => Buffer.from(value, "base64").length === 32, "must be 32 bytes in base64"),
  SMTP_URL: z.url(),
  MAIL_FROM: z.string().default("Perennial <no-reply@perennial.example.com>"),
  DEMO: z.literal("1").optional(),
  DEV_SHOP_URL: z.url().optional(),
});

export type Config = z.infer<typeof schema>;

let parsed: Config | undefined;

/**
 * The process's settings (.env.example lists them).
 * @throws an Error whose message names every missing or wrong setting in one sentence.
 */
export function config(): Config {
  if (parsed) return parsed;
  const result = schema.safeParse(process.env);
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${issue.path.join(".")} (${issue.message})`).join(", ");
    throw new Error(`These settings are missing or wrong: ${wrong}. See .env.example.`);
  }
  parsed = result.data;
  return parsed;
}

/** Read by itself: tests and commands open a database without the other settings. */
export const databaseTimeoutMs = (): number =>
  Number(process.env.DATABASE_TIMEOUT_SECONDS || DATABASE_TIMEOUT_SECONDS) * 1000;

/** True when this process runs against the stand-in Shopify on this machine. */
export const isDemo = (): boolean => process.env.DEMO === "1";
