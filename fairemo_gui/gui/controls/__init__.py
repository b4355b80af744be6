"""Small parts every view is built from: switches, chips, titles, key caps, toasts, cards, table cells."""
