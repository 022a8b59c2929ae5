import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";

import { appContext } from "~/app-context.server";
import { accountApi, answerAccount } from "~/portal/account/api.server";

/** The portal's use cases for the extensions in customer accounts. */
export const loader = async ({ request }: LoaderFunctionArgs): Promise<Response> =>
  answerAccount(await appContext(), accountApi(), request);

export const action = async ({ request }: ActionFunctionArgs): Promise<Response> =>
  answerAccount(await appContext(), accountApi(), request);
