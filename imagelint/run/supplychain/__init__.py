"""What is done with an image beside judging it: pushing it, and looking at those below it."""
