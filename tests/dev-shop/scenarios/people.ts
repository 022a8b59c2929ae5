import type { Address } from "../world";
import type { Random } from "./random";

export interface Person {
  firstName: string;
  lastName: string;
  email: string;
  address: Address;
}

export interface Place {
  firstNames: readonly string[];
  lastNames: readonly string[];
  streets: readonly string[];
  /** Postcode and town. */
  towns: readonly (readonly [string, string])[];
  countryCode: string;
  /** Eight digits after it make a number nobody has. */
  phonePrefix: string;
}

export const NORWAY: Place = {
  firstNames: [
    "Kari",
    "Ola",
    "Ingrid",
    "Lars",
    "Sigrid",
    "Håkon",
    "Astrid",
    "Magnus",
    "Solveig",
    "Eirik",
    "Marte",
    "Jonas",
    "Silje",
    "Trond",
    "Ragnhild",
    "Øyvind",
    "Hanne",
    "Sindre",
    "Tuva",
    "Bjørn",
    "Emilie",
    "Kristoffer",
    "Åse",
    "Mohammed",
    "Nora",
    "Geir",
    "Fatima",
    "Vegard",
    "Live",
    "Torstein",
    "Amalie",
    "Stian",
    "Gunnhild",
    "Henrik",
    "Synne",
    "Aksel",
  ],
  lastNames: [
    "Hansen",
    "Johansen",
    "Olsen",
    "Larsen",
    "Andersen",
    "Nilsen",
    "Berg",
    "Haugen",
    "Hagen",
    "Bakken",
    "Solberg",
    "Moen",
    "Strand",
    "Lunde",
    "Dahl",
    "Sæther",
    "Fjeld",
    "Ødegård",
    "Myhre",
    "Bråten",
    "Nygård",
    "Vik",
    "Aasen",
    "Tveit",
    "Rønning",
    "Ali",
    "Sørli",
    "Engen",
    "Kvam",
    "Hauge",
    "Eide",
  ],
  streets: [
    "Storgata",
    "Kirkeveien",
    "Skolegata",
    "Bjørkeveien",
    "Fjellveien",
    "Markveien",
    "Sjøgata",
    "Granlia",
    "Solbakken",
    "Tverrveien",
    "Parkveien",
    "Elvegata",
    "Åsveien",
    "Nedre Torggate",
  ],
  towns: [
    ["0551", "Oslo"],
    ["0355", "Oslo"],
    ["5014", "Bergen"],
    ["7011", "Trondheim"],
    ["4006", "Stavanger"],
    ["9008", "Tromsø"],
    ["4610", "Kristiansand"],
    ["3015", "Drammen"],
    ["1607", "Fredrikstad"],
    ["6002", "Ålesund"],
    ["8006", "Bodø"],
    ["2609", "Lillehammer"],
    ["2004", "Lillestrøm"],
    ["3211", "Sandefjord"],
  ],
  countryCode: "NO",
  phonePrefix: "+47",
};

export const SWEDEN: Place = {
  firstNames: ["Anna", "Erik", "Elin", "Johan", "Maja", "Oskar", "Linnéa", "Gustav", "Saga", "Nils"],
  lastNames: ["Andersson", "Lindberg", "Sjöberg", "Karlsson", "Nyström", "Bergqvist", "Åkesson", "Holm"],
  streets: ["Storgatan", "Drottninggatan", "Kungsgatan", "Björkvägen", "Ringvägen"],
  towns: [
    ["411 03", "Göteborg"],
    ["114 29", "Stockholm"],
    ["211 22", "Malmö"],
    ["753 10", "Uppsala"],
  ],
  countryCode: "SE",
  phonePrefix: "+46",
};

const FOLDED: Record<string, string> = { æ: "ae", ø: "o", å: "a", ä: "a", ö: "o", é: "e" };

const fold = (name: string): string => name.toLowerCase().replace(/[æøåäöé]/g, (letter) => FOLDED[letter] ?? letter);

/** So many different people; when names run out they repeat with a number in the e-mail address. */
export function peopleOf(place: Place, count: number, random: Random): Person[] {
  const taken = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    // Every first name once before any repeats, so that a small shop has no two alike.
    const firstName = place.firstNames[index % place.firstNames.length] ?? "";
    const lastName = random.pick(place.lastNames);
    const name = `${fold(firstName)}.${fold(lastName)}`;
    const uses = (taken.get(name) ?? 0) + 1;
    taken.set(name, uses);
    const [zip, city] = random.pick(place.towns);
    const phone = `${place.phonePrefix}900${String(10_000 + random.below(90_000))}`;
    return {
      firstName,
      lastName,
      email: `${name}${uses > 1 ? uses : ""}@example.com`,
      address: {
        firstName,
        lastName,
        address1: `${random.pick(place.streets)} ${1 + random.below(80)}`,
        zip,
        city,
        countryCode: place.countryCode,
        phone,
      },
    };
  });
}
