"""The charts under the player: confusion, calibration and fairness, and the bar that steers them."""
