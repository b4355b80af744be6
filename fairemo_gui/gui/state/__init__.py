"""What several views share: small typed objects, each with a few named signals. None of them knows everything."""
