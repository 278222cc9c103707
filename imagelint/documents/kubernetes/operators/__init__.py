"""What operators and policies make pods of, where that is no pod."""
