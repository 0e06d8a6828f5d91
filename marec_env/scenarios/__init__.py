"""One game a file, each reading like its equations; they never import one another."""
