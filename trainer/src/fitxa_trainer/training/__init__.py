"""The loop and what it needs: batches, device, schedule, checkpoints, run folder, scores."""
