"""The equations scenarios are made of: pure functions on arrays, leading axes are batch axes."""
