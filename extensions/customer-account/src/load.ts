import { useEffect, useState } from "preact/hooks";

import type { PortalListItem } from "../../../app/portal/views";
import { isProblem, loadHome } from "../../customer-account-shared/api";

/**
 * The shopper's subscriptions, or those of one order; null until they are known, and none when they can't be read:
 * what is beside somebody else's page stays away rather than complain there.
 */
export function useSubscriptions(order?: string): PortalListItem[] | null {
  const [subscriptions, setSubscriptions] = useState<PortalListItem[] | null>(null);
  useEffect(() => {
    void loadHome(order).then((home) => setSubscriptions(isProblem(home) ? [] : home.subscriptions));
  }, [order]);
  return subscriptions;
}
