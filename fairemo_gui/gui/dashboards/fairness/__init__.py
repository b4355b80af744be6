"""The fairness chart: per emotion, how much more often one group is given it, and how much more often rightly."""
