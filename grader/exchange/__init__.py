"""In and out of learning platforms: what they let an instructor download, and what they take."""
