import { seedsKeepTheirPromises } from "./suite";

seedsKeepTheirPromises(376, 125);
