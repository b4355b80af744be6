"""What happens when: each controller ties a few state objects, views and services together, and nothing else."""
