"""What models are worth: splits, predictions, scores, statistics, identification."""
