"""The search index: asked with care, watched, mended, and done without while it is away."""
