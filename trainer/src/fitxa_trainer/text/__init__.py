"""Terms as texts and texts as vectors, for CLIP-like members and scores without training."""
