-- A run is there once. Most names begin with the time, so that the index grows at its end: by job first, each report of a batch
-- would touch a page of its own.
DROP INDEX run_of_job;
CREATE UNIQUE INDEX run_named ON run(run_id, job_id);
