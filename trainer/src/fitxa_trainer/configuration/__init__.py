"""The configuration of a run, from one YAML file."""
