"""The questions the window asks before a job: one small dialog each."""
