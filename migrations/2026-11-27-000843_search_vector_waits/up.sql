-- Each changed row of a person enters this index, though its words are the same; at four megabytes whoever writes next sorted them
-- all in, for a second and more. No page searches by it, so that can wait for autovacuum.
alter index idx_contacts_search set (gin_pending_list_limit = 65536);
