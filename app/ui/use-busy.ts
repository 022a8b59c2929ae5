import { useLocation, useNavigation } from "@remix-run/react";
import { useEffect, useState } from "react";

import { showLoading } from "./app-bridge";

/** Pages that come sooner than this replace the old one without a skeleton flashing in between. */
const SKELETON_AFTER_MS = 150;

/** True while another page is on its way for long enough to be noticed. */
export function useSlowNavigation(): boolean {
  const navigation = useNavigation();
  const { pathname } = useLocation();
  const leaving = navigation.state === "loading" && navigation.location.pathname !== pathname;
  const [slow, setSlow] = useState(false);

  useEffect(() => {
    showLoading(navigation.state !== "idle");
  }, [navigation.state]);

  useEffect(() => {
    if (!leaving) return;
    const timer = setTimeout(() => {
      setSlow(true);
    }, SKELETON_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [leaving]);

  return leaving && slow;
}
