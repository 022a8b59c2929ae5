-- What Prisma's schema language can't say. Belongs to the first migration.

-- The due scan: only cycles that may still be charged are in it.
CREATE INDEX "BillingCycle_due_of_shop" ON "BillingCycle" ("shopId", "dueAt", "contractId") WHERE outcome IS NULL AND NOT claimed;
CREATE INDEX "BillingCycle_due" ON "BillingCycle" ("dueAt") WHERE outcome IS NULL AND NOT claimed;
CREATE INDEX "BillingCycle_open_of_contract" ON "BillingCycle" ("contractId", "cycleIndex") WHERE outcome IS NULL AND NOT claimed;
CREATE INDEX "Charge_next_action" ON "Charge" ("nextActionAt") WHERE "nextActionAt" IS NOT NULL;
CREATE INDEX "BillingAttempt_shopify" ON "BillingAttempt" ("shopifyId") WHERE "shopifyId" IS NOT NULL;

-- First safety bound: one success for a cycle. (A cycle has one charge by its own unique key.)
CREATE UNIQUE INDEX "BillingAttempt_one_success" ON "BillingAttempt" ("chargeId") WHERE state = 'SUCCESS';

-- A contract has at most one charge on its way.
CREATE UNIQUE INDEX "Charge_one_running" ON "Charge" ("contractId")
  WHERE state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED');

-- Second safety bound: nothing is claimed within half an interval of the contract's latest success. The truth about what
-- Shopify has taken can always be written down; what this stops is the engine's own intent to take more.
-- The same table of lengths stands in app/schedule/interval.ts.
CREATE FUNCTION charge_half_interval_bound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  half interval;
  last timestamptz;
BEGIN
  SELECT make_interval(hours => (CASE contract."billingInterval"
      WHEN 'DAY' THEN 24 WHEN 'WEEK' THEN 168 WHEN 'MONTH' THEN 672 ELSE 8760 END) * contract."billingIntervalCount") / 2
    INTO half FROM "SubscriptionContract" contract WHERE contract.id = NEW."contractId";
  SELECT max(charge."paidAt") INTO last FROM "Charge" charge
    WHERE charge."contractId" = NEW."contractId" AND charge.state = 'PAID' AND charge.id <> NEW.id;
  IF last IS NOT NULL AND NEW."claimedAt" - last < half THEN
    RAISE EXCEPTION 'safety bound: contract % was charged at %, less than half its interval before %',
      NEW."contractId", last, NEW."claimedAt" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "Charge_half_interval" BEFORE INSERT ON "Charge"
  FOR EACH ROW WHEN (NEW.state IN ('CLAIMED', 'SENDING')) EXECUTE FUNCTION charge_half_interval_bound();

-- Nothing is lost in silence: what is on its way has a next moment, what is at rest has none and says why.
ALTER TABLE "Charge"
  ADD CONSTRAINT "Charge_running_has_next_action" CHECK (
    (state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED')) = ("nextActionAt" IS NOT NULL)),
  ADD CONSTRAINT "Charge_paid_when" CHECK ((state = 'PAID') = ("paidAt" IS NOT NULL)),
  ADD CONSTRAINT "Charge_failed_why" CHECK (state <> 'FAILED' OR "errorCode" IS NOT NULL),
  ADD CONSTRAINT "Charge_parked_why" CHECK (state <> 'PARKED' OR "parkedReason" IS NOT NULL),
  ADD CONSTRAINT "Charge_amount" CHECK ("expectedAmount" >= 0 AND ("paidAmount" IS NULL OR "paidAmount" >= 0));

ALTER TABLE "BillingAttempt"
  ADD CONSTRAINT "BillingAttempt_number" CHECK (number >= 1),
  ADD CONSTRAINT "BillingAttempt_ended_when" CHECK (
    (state IN ('SUCCESS', 'FAILED', 'REFUSED')) = ("completedAt" IS NOT NULL)),
  ADD CONSTRAINT "BillingAttempt_failed_why" CHECK (state NOT IN ('FAILED', 'REFUSED') OR "errorCode" IS NOT NULL);

ALTER TABLE "BillingCycle"
  ADD CONSTRAINT "BillingCycle_index" CHECK ("cycleIndex" >= 1),
  ADD CONSTRAINT "BillingCycle_billed" CHECK (NOT billed OR outcome = 'BILLED'),
  ADD CONSTRAINT "BillingCycle_claimed" CHECK (NOT claimed OR outcome IS NULL OR outcome = 'BILLED');

ALTER TABLE "SubscriptionContract"
  ADD CONSTRAINT "SubscriptionContract_intervals" CHECK ("billingIntervalCount" >= 1 AND "deliveryIntervalCount" >= 1),
  ADD CONSTRAINT "SubscriptionContract_payment_failed" CHECK (("paymentFailedAt" IS NULL) = ("paymentErrorCode" IS NULL));
ALTER TABLE "SubscriptionLine" ADD CONSTRAINT "SubscriptionLine_quantity" CHECK (quantity >= 1 AND "currentPrice" >= 0);
ALTER TABLE "Reread" ADD CONSTRAINT "Reread_marks" CHECK (marks >= 1);
ALTER TABLE "Shop" ADD CONSTRAINT "Shop_billing_hour" CHECK ("billingHour" BETWEEN 0 AND 23);

-- The history is append-only: an event is never rewritten but to take personal data out of it.
CREATE FUNCTION history_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW."shopId" <> OLD."shopId" OR NEW."contractId" IS DISTINCT FROM OLD."contractId"
    OR NEW.type <> OLD.type OR NEW.actor <> OLD.actor OR NEW.at <> OLD.at THEN
    RAISE EXCEPTION 'history events are append-only' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "HistoryEvent_final" BEFORE UPDATE ON "HistoryEvent"
  FOR EACH ROW EXECUTE FUNCTION history_event_is_final();
