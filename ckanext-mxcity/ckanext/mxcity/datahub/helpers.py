"""Template helpers of the DataHub."""
