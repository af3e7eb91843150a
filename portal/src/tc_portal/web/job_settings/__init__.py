"""A job's settings as people write and read them: the form, the preview, the replay."""
