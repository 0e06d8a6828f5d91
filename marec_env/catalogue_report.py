"""Catalogue.describe: placeholder."""


def describe(catalogue):
    return repr(catalogue)
