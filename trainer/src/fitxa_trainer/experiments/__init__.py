"""Every method of a plan with every seed, and splits that hide a provider."""
