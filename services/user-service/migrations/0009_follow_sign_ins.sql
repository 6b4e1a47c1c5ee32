-- The session at the auth client that this one was opened from: signing out of one ends the other.
alter table session add column follows_session_id uuid;
