"""Networks over sequences of items, in torch; nothing outside imports this before it trains one."""
