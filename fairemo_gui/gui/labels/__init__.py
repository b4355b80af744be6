"""What raters and nets said of one utterance, and rating it oneself."""
