"""The threshold explorer: what accuracy and fairness come to as the rule that turns labels on moves."""
