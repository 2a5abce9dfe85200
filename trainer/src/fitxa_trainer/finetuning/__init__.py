"""A museum's own model: the command fine-tune, which the application runs."""
