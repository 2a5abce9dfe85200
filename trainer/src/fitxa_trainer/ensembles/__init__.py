"""From scores to suggestions: metrics, weights, calibration, tree rules, safe level, similarity, shift."""
