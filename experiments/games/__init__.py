"""Small games of other people, batched, for comparison with what has been published on them."""
