-- What Prisma's schema language can't say about the billing engine. Apart from the tables' own migration, because new enum
-- values may be used only after they are committed.

-- What is on its way has a next moment; what has come to its end has none. A failed charge has one while dunning runs.
ALTER TABLE "Charge" DROP CONSTRAINT "Charge_running_has_next_action";
ALTER TABLE "Charge"
  ADD CONSTRAINT "Charge_running_has_next_action" CHECK (
    CASE
      WHEN state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED') THEN "nextActionAt" IS NOT NULL
      WHEN state IN ('PAID', 'PARKED', 'SKIPPED') THEN "nextActionAt" IS NULL
      ELSE true
    END),
  ADD CONSTRAINT "Charge_skipped_why" CHECK (state <> 'SKIPPED' OR "skippedReason" IS NOT NULL);

-- A charge that was given up keeps its cycle: the reason stands in the outcome.
ALTER TABLE "BillingCycle" DROP CONSTRAINT "BillingCycle_claimed";
ALTER TABLE "BillingCycle"
  ADD CONSTRAINT "BillingCycle_wait" CHECK (("waitReason" IS NULL) = ("waitSince" IS NULL));

ALTER TABLE "Shop"
  ADD CONSTRAINT "Shop_billing_held" CHECK (("billingHeldReason" IS NULL) = ("billingHeldSince" IS NULL)),
  ADD CONSTRAINT "Shop_billing_settings" CHECK (
    "billingWindowMinutes" BETWEEN 0 AND 720 AND "lateDaysMax" BETWEEN 1 AND 90
    AND "dunningHourFrom" BETWEEN 0 AND 23 AND "dunningHourTo" BETWEEN 1 AND 24 AND "dunningHourFrom" < "dunningHourTo"
    AND cardinality("dunningRetryDays") BETWEEN 0 AND 15 AND cardinality("payDays") <= 31
    AND "challengeDays" BETWEEN 1 AND 30 AND "stockWaitDays" BETWEEN 1 AND 90
    AND ("attemptsPerMinute" IS NULL OR "attemptsPerMinute" >= 1));

ALTER TABLE "StockRule" ADD CONSTRAINT "StockRule_substitute" CHECK (
  (policy = 'SUBSTITUTE') = ("substituteVariantId" IS NOT NULL) AND "substituteVariantId" IS DISTINCT FROM "variantId");

-- The bounds hold for every try, not for the first alone.
DROP TRIGGER "Charge_half_interval" ON "Charge";
DROP FUNCTION charge_half_interval_bound();

-- Second safety bound: nothing is tried within half an interval of the contract's latest success, unless a person has
-- asked for this very charge. And the next try has a key of its own only after Shopify has said that the one before failed.
-- What Shopify has taken can always be written down: successes and imports are not bound.
-- The same table of lengths stands in app/schedule/interval.ts.
CREATE FUNCTION billing_attempt_bounds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own record;
  half interval;
  last timestamptz;
BEGIN
  SELECT charge."contractId", charge."confirmedBy" INTO own FROM "Charge" charge WHERE charge.id = NEW."chargeId";
  IF NEW.number > 1 AND NOT EXISTS (
    SELECT 1 FROM "BillingAttempt" before
    WHERE before."chargeId" = NEW."chargeId" AND before.number = NEW.number - 1 AND before.state IN ('FAILED', 'REFUSED')
  ) THEN
    RAISE EXCEPTION 'safety bound: attempt % of charge % before the one before has failed', NEW.number, NEW."chargeId"
      USING ERRCODE = 'check_violation';
  END IF;
  IF own."confirmedBy" IS NULL THEN
    SELECT make_interval(hours => (CASE contract."billingInterval"
        WHEN 'DAY' THEN 24 WHEN 'WEEK' THEN 168 WHEN 'MONTH' THEN 672 ELSE 8760 END) * contract."billingIntervalCount") / 2
      INTO half FROM "SubscriptionContract" contract WHERE contract.id = own."contractId";
    SELECT max(charge."paidAt") INTO last FROM "Charge" charge
      WHERE charge."contractId" = own."contractId" AND charge.state = 'PAID' AND charge.id <> NEW."chargeId";
    IF last IS NOT NULL AND NEW."createdAt" - last < half THEN
      RAISE EXCEPTION 'safety bound: contract % was charged at %, less than half its interval before %',
        own."contractId", last, NEW."createdAt" USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "BillingAttempt_bounds" BEFORE INSERT ON "BillingAttempt"
  FOR EACH ROW WHEN (NEW.state IN ('INTENT', 'SENDING')) EXECUTE FUNCTION billing_attempt_bounds();

-- The due scan and the follow-ups look for contracts that nothing holds.
CREATE INDEX "Charge_holding" ON "Charge" ("contractId")
  WHERE state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'FAILED', 'PARKED');
