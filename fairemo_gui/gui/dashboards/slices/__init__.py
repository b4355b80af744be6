"""The slices chart: any intersection as a sorted dot plot, the whole as a line, evidence against the rest."""
