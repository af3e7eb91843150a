-- "The job's runs that failed": few among many, and a year of them is counted by day.
CREATE INDEX run_error ON run(job_id, finished_at DESC, id DESC) WHERE result = 'error';
