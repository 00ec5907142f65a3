"""Charts that are quoted: a permanent address whose figures stay as they were."""
