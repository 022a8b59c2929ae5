import type { DevShop } from "../dev-shop";
import { gid, type Contract, type Shop } from "../world";
import { aContract, APP, aShop, type Fixture } from "../domain/fixture";
import { handleAdminApi } from ".";

export const SCOPES = [
  "write_products",
  "write_own_subscription_contracts",
  "write_customers",
  "read_customer_payment_methods",
  "read_orders",
  "read_all_orders",
  "read_locations",
];

export interface Answered {
  status: number;
  data: Record<string, unknown> | null;
  errors: { message: string; path?: unknown[]; extensions?: Record<string, unknown> }[];
  cost: { requestedQueryCost: number; actualQueryCost: number | null; throttleStatus: Record<string, number> };
  extensions: Record<string, unknown>;
}

export interface Api {
  devShop: DevShop;
  shop: Shop;
  /** One call with a good token; the answer's parts, absent ones empty. */
  call(query: string, variables?: Record<string, unknown>): Promise<Answered>;
}

/** The Admin API over a fixture's world, in process, with a token of the given scopes. */
export function anApi({ world, shop }: Fixture, scopes: string[] = SCOPES): Api {
  shop.grantedScopes = scopes;
  shop.tokens.push({
    token: "good",
    refreshToken: "r",
    scopes,
    expiresAt: Date.now() + 3_600_000,
    refreshExpiresAt: Date.now() + 3_600_000,
    refreshUsed: false,
    online: false,
  });
  const devShop: DevShop = {
    world,
    config: {
      port: 0,
      smtpPort: 0,
      appOrigin: "",
      tunnelOrigin: "",
      apiKey: APP,
      apiSecret: "",
      app: {
        clientId: APP,
        name: "Perennial",
        handle: "perennial",
        applicationUrl: "https://perennial.example.com",
        webhookApiVersion: "2026-07",
        scopes,
        webhookTopics: [],
        appProxy: null,
        subscriptionLinkPattern: "/app/contracts/{contract_id}",
      },
      root: "",
      stateFile: null,
      appDatabaseUrl: null,
    },
    changed: () => undefined,
  };
  return {
    devShop,
    shop,
    async call(query, variables = {}) {
      const { status, body } = await handleAdminApi(devShop, shop, {
        accessToken: "good",
        version: "2026-07",
        body: JSON.stringify({ query, variables }),
        requestId: "r-1",
      });
      const answer = body as Partial<Answered> & { extensions?: { cost?: Answered["cost"] } };
      return {
        status,
        data: answer.data ?? null,
        errors: Array.isArray(answer.errors) ? answer.errors : [],
        cost: answer.extensions?.cost ?? { requestedQueryCost: -1, actualQueryCost: -1, throttleStatus: {} },
        extensions: answer.extensions ?? {},
      };
    },
  };
}

export const contractGid = (contract: Contract): string => gid("SubscriptionContract", contract.id);
export const codes = ({ errors }: Answered): unknown[] => errors.map(({ extensions }) => extensions?.code);

/** A shop with one weekly contract, and its API. */
export function subscribed(): Fixture & { contract: Contract; api: Api } {
  const f = aShop();
  const contract = aContract(f, "WEEK");
  return { ...f, contract, api: anApi(f) };
}
