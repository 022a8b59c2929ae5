/** Every page of the portal is found by its path (portal/proxy/place.ts). */
export { action, loader } from "./proxy";
