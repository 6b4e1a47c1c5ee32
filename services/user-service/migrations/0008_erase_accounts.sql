-- An erasure works for the account's tenant and for every tenant that it is a member of, in one
-- transaction through the platform door, under one tenant at a time: no policy shows it more.
grant select, delete on account to user_service_platform;
-- Locking a row takes the right to change something of it: whoever becomes a member keeps the account
-- from being erased meanwhile.
grant update (updated_at) on account to user_service_platform;
grant delete on membership to user_service_platform;
grant delete on captured_mail to user_service_platform;
grant select, delete on subject_key to user_service_platform;
grant update (display_name, email, address, user_agent, ended_at) on acting_session
  to user_service_platform;
