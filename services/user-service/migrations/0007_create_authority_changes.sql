-- When what an account may do in a tenant last changed, or, under the subject '*', what a role of the
-- tenant comes to. Doors load it together with the sessions that have ended: a token that was made
-- before may say something else. Swept when no such token can be alive.
create table authority_change (
  tenant_id uuid not null default current_tenant(),
  subject text not null,
  changed_at timestamptz(3) not null,
  primary key (tenant_id, subject)
);
create index authority_change_changed_at on authority_change (changed_at);
select protect('authority_change');
select open_to('authority_change', 'user_service_platform', 'select, delete');
-- An invitation is accepted through the platform door, under the tenant that invites.
grant insert, update on authority_change to user_service_platform;

create index session_revoked_at on session (revoked_at) where revoked_at is not null;
create index acting_session_ended_at on acting_session (ended_at) where ended_at is not null;
