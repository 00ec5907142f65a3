"""The DataHub's pages."""
