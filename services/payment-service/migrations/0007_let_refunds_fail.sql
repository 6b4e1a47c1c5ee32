-- A refund is kept before a gateway elsewhere is asked for it, so that whoever asks again asks for the
-- very same; and it may come to nothing long after it was given.
alter table refund add column state text not null default 'succeeded' check (
  state in ('asked', 'refused', 'succeeded', 'failed')
);
alter table refund alter column state drop default;
-- How often it was asked for anew, because the gateway refused it or it failed.
alter table refund add column attempt integer not null default 1;
-- What the gateway calls it; null of the sandbox and of those from before it was kept.
alter table refund add column reference text;
alter table refund add column failure text;
alter table refund add constraint refund_failure_check check (
  (failure is not null) = (state = 'failed')
);
grant update on refund to payment_service;

alter table ledger_transfer drop constraint ledger_transfer_kind_check;
alter table ledger_transfer add constraint ledger_transfer_kind_check check (
  kind in (
    'capture', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal', 'fee', 'fee_reversal'
  )
);
