"""The form that makes a rating plan, or changes one."""
