alter index idx_contacts_search reset (gin_pending_list_limit);
