import { seedsKeepTheirPromises } from "./suite";

seedsKeepTheirPromises(126, 125);
