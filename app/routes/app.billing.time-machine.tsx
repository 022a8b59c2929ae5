import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";

import { settingsInput } from "~/billing/settings/settings.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { TimeMachinePage } from "~/simulation/components/time-machine-page";
import { answerTimeMachine } from "~/simulation/time-machine-form.server";
import { runTimeMachine } from "~/simulation/time-machine.server";

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  return { settings: await settingsInput(ctx, shop) };
}

export async function action({ request }: ActionFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  return answerTimeMachine(ctx, shop, await request.json(), runTimeMachine);
}

/** A trial changes nothing, so nothing is read anew after it. */
export const shouldRevalidate = () => false;

export default function TimeMachine() {
  const { settings } = useLoaderData<typeof loader>();
  return <TimeMachinePage settings={settings} />;
}
