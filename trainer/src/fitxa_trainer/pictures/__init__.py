"""From files to pixels and features, once, in caches on disk."""
