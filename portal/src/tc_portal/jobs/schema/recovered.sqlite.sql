-- The incidents page's: those that have recovered, the latest first.
CREATE INDEX incident_resolved ON incident(resolved_at, id) WHERE resolved_at IS NOT NULL;
