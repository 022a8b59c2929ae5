import { seedsKeepTheirPromises } from "./suite";

seedsKeepTheirPromises(251, 125);
