"""Learning from the first decisions of a catalogue: image embeddings, the adapted model, and how well it learns."""
