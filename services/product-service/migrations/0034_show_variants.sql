-- Which images of its product show a variant: by their addresses as given, or by the picture of one that
-- was uploaded. One that the product gave up is passed over.
alter table variant add column image_keys text[] not null default '{}';
