import { seedsKeepTheirPromises } from "./suite";

seedsKeepTheirPromises(1, 125);
