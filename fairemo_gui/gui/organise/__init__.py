"""The organiser's page: how the raters of a campaign are doing, and the queue of what they disagree on."""
