"""Compiled look-up of ratings where there is no table: binary search, else the low-rank model."""

from .compiled import compiled


@compiled
def look_up(
    found, users, items, indptr, indices, values, mean, user_bias, item_bias, user_factors,
    item_factors, lowest,
):  # fmt: skip
    """Fills `found` [n] float64 with ratings of `users` [n] for `items` [n]; see ratings.py (1)."""
    for n in range(len(users)):
        user, item = users[n], items[n]
        low, high = indptr[user], indptr[user + 1]
        while low < high:
            middle = (low + high) >> 1
            if indices[middle] < item:
                low = middle + 1
            else:
                high = middle
        if low < indptr[user + 1] and indices[low] == item:
            found[n] = values[low]
            continue
        rating = mean + user_bias[user] + item_bias[item]
        for f in range(user_factors.shape[1]):
            rating += float(user_factors[user, f]) * float(item_factors[item, f])
        found[n] = min(max(rating, lowest), 1.0)
