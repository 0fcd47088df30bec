"""Row-level security, judged on the database that the migrations leave."""
