CREATE TABLE public.job_status (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  job_key TEXT UNIQUE NOT NULL,
  title TEXT NOT NULL,
  tool_id UUID NULL REFERENCES public.tools(id) ON DELETE SET NULL,
  last_status TEXT NOT NULL CHECK (last_status IN ('success', 'error')),
  last_finished_at TIMESTAMPTZ NOT NULL,
  last_message TEXT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX idx_job_status_last_status ON public.job_status(last_status);
CREATE INDEX idx_job_status_last_finished_at ON public.job_status(last_finished_at DESC);

ALTER TABLE public.job_status ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Authenticated users can view job_status"
  ON public.job_status FOR SELECT
  TO authenticated
  USING (true);
