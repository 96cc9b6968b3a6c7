-- Serves the engagements of a consultancy that are under way, and those that are over.
create index consultation_row_by_status on consultation_row (consultancy_id, status, consultation_id);
