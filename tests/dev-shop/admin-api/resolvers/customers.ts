import { contractsOf, inShopCurrency, ordersOfCustomer, paymentMethodsOf } from "../../domain";
import { gid, type Customer, type PaymentMethod, type Shop } from "../../world";
import { connect } from "../connection";
import { seesOrder, type Context, type Fields, type Paging } from "../context";
import { provinceNameOf } from "../../domain/addresses";
import { add } from "../../domain/money";
import { countryName, money, owned, type OwnedAddress } from "./values";

/** Level 2 of protected customer data: name, address, e-mail and phone. Below it they are null (documented). */
const personal =
  <T>(read: (customer: Customer) => T) =>
  (customer: Customer, _: object, { shop }: Context): T | null =>
    shop.protectedCustomerData === 2 && !customer.redacted ? read(customer) : null;

const ofAddress =
  <T>(read: (owned: OwnedAddress) => T) =>
  (source: OwnedAddress, _: object, { shop }: Context): T | null =>
    shop.protectedCustomerData === 2 ? read(source) : null;

const orders = (customer: Customer, context: Context): ReturnType<typeof ordersOfCustomer> =>
  ordersOfCustomer(context.shop, customer.id).filter((order) => seesOrder(context, order));

export const ownContracts = (context: Context, customerId: string): ReturnType<typeof contractsOf> =>
  contractsOf(context.shop, customerId).filter(({ appId }) => appId === context.app.clientId);

const card = (shop: Shop, method: PaymentMethod, now: string): Record<string, unknown> => {
  const customer = shop.customers[method.customerId];
  const left = Date.UTC(method.expiryYear, method.expiryMonth, 1) - Date.parse(now);
  return {
    __typename: "CustomerCreditCard",
    brand: method.brand,
    lastDigits: method.lastDigits,
    firstDigits: null,
    maskedNumber: `•••• •••• •••• ${method.lastDigits}`,
    expiryMonth: method.expiryMonth,
    expiryYear: method.expiryYear,
    // Shopify's own notion of "soon" is not documented; a month is taken.
    expiresSoon: left < 31 * 24 * 3_600_000,
    name: method.name,
    source: null,
    virtualLastDigits: null,
    isRevocable: !ownAnyContract(shop, method),
    billingAddress: customer?.defaultAddress ?? null,
  };
};

const ownAnyContract = (shop: Shop, method: PaymentMethod): boolean =>
  contractsOf(shop, method.customerId).some(
    ({ paymentMethodId, status }) => paymentMethodId === method.id && status === "ACTIVE",
  );

export const customerFields: Record<string, Fields> = {
  Customer: {
    id: (customer: Customer) => gid("Customer", customer.id),
    legacyResourceId: (customer: Customer) => customer.id,
    firstName: personal(({ firstName }) => firstName),
    lastName: personal(({ lastName }) => lastName),
    // Never null in the schema: without the data, what Shopify shows for a customer without a name.
    displayName: (customer: Customer, _: object, { shop }: Context) =>
      shop.protectedCustomerData === 2
        ? `${customer.firstName} ${customer.lastName}`.trim() || customer.email || `Customer ${customer.id}`
        : `Customer ${customer.id}`,
    email: personal(({ email }) => email || null),
    defaultEmailAddress: personal(({ email }) =>
      email ? { emailAddress: email, validFormat: true, marketingState: "NOT_SUBSCRIBED" } : null,
    ),
    phone: personal(({ phone }) => phone ?? null),
    defaultPhoneNumber: personal(({ phone }) => (phone ? { phoneNumber: phone } : null)),
    defaultAddress: personal((customer) => owned(customer.id, customer.defaultAddress)),
    locale: (customer: Customer) => customer.locale,
    createdAt: (customer: Customer) => customer.createdAt,
    updatedAt: (customer: Customer) => customer.createdAt,
    note: () => null,
    state: () => "DISABLED",
    tags: () => [],
    taxExempt: () => false,
    verifiedEmail: () => true,
    canDelete: (customer: Customer, _: object, { shop }: Context) => ordersOfCustomer(shop, customer.id).length === 0,
    numberOfOrders: (customer: Customer, _: object, { shop }: Context) =>
      String(ordersOfCustomer(shop, customer.id).length),
    amountSpent: (customer: Customer, _: object, { shop }: Context) =>
      money(
        add(
          shop.currency,
          ...ordersOfCustomer(shop, customer.id).map(({ total, currency }) =>
            inShopCurrency(shop, { amount: total, currency }),
          ),
        ),
        shop,
      ),
    lastOrder: (customer: Customer, _: object, context: Context) => orders(customer, context).at(-1) ?? null,
    orders: (customer: Customer, args: Paging, context: Context) =>
      connect(orders(customer, context), args, ({ id }) => id),
    paymentMethods: (customer: Customer, args: Paging & { showRevoked?: boolean | null }, { shop }: Context) =>
      connect(
        paymentMethodsOf(shop, customer.id).filter(({ revokedAt }) => args.showRevoked || revokedAt === null),
        args,
        ({ id }) => id,
        ({ createdAt }) => createdAt,
      ),
    subscriptionContracts: (customer: Customer, args: Paging, context: Context) =>
      connect(ownContracts(context, customer.id), args, ({ id }) => id),
  },
  CustomerPaymentMethod: {
    id: (method: PaymentMethod) => gid("CustomerPaymentMethod", method.id),
    customer: (method: PaymentMethod, _: object, { shop }: Context) => shop.customers[method.customerId] ?? null,
    instrument: (method: PaymentMethod, _: object, { shop, world }: Context) => card(shop, method, world.now),
    revokedAt: (method: PaymentMethod) => method.revokedAt,
    revokedReason: (method: PaymentMethod) => method.revokedReason,
    subscriptionContracts: (method: PaymentMethod, args: Paging, context: Context) =>
      connect(
        ownContracts(context, method.customerId).filter(({ paymentMethodId }) => paymentMethodId === method.id),
        args,
        ({ id }) => id,
      ),
  },
  CustomerCreditCard: Object.fromEntries(
    [
      "brand",
      "lastDigits",
      "firstDigits",
      "maskedNumber",
      "expiryMonth",
      "expiryYear",
      "expiresSoon",
      "name",
      "source",
      "virtualLastDigits",
      "isRevocable",
      "billingAddress",
    ].map((name) => [name, (source: object) => Reflect.get(source, name) as unknown]),
  ),
  CustomerCreditCardBillingAddress: {
    firstName: (address: OwnedAddress["address"]) => address.firstName,
    lastName: (address: OwnedAddress["address"]) => address.lastName,
    address1: (address: OwnedAddress["address"]) => address.address1,
    zip: (address: OwnedAddress["address"]) => address.zip,
    city: (address: OwnedAddress["address"]) => address.city,
    country: (address: OwnedAddress["address"]) => countryName(address.countryCode),
    countryCode: (address: OwnedAddress["address"]) => address.countryCode,
    province: () => null,
    provinceCode: (address: OwnedAddress["address"]) => address.provinceCode ?? null,
  },
  MailingAddress: {
    id: ({ id }: OwnedAddress) => id,
    firstName: ofAddress(({ address }) => address.firstName),
    lastName: ofAddress(({ address }) => address.lastName),
    name: ofAddress(({ address }) => `${address.firstName} ${address.lastName}`.trim()),
    company: ofAddress(({ address }) => address.company ?? null),
    address1: ofAddress(({ address }) => address.address1),
    address2: ofAddress(({ address }) => address.address2 ?? null),
    zip: ofAddress(({ address }) => address.zip),
    city: ofAddress(({ address }) => address.city),
    province: ofAddress(({ address }) => provinceNameOf(address)),
    provinceCode: ofAddress(({ address }) => address.provinceCode ?? null),
    country: ({ address }: OwnedAddress) => countryName(address.countryCode),
    countryCode: ({ address }: OwnedAddress) => address.countryCode,
    countryCodeV2: ({ address }: OwnedAddress) => address.countryCode,
    phone: ofAddress(({ address }) => address.phone ?? null),
    formattedArea: ofAddress(({ address }) => `${address.city}, ${countryName(address.countryCode)}`),
    formatted: ({ address }: OwnedAddress, { withName }: { withName?: boolean | null }, { shop }: Context) =>
      shop.protectedCustomerData === 2
        ? [
            ...(withName ? [`${address.firstName} ${address.lastName}`.trim()] : []),
            address.address1,
            ...(address.address2 ? [address.address2] : []),
            `${address.zip} ${address.city}`,
            countryName(address.countryCode),
          ]
        : [],
  },
};
