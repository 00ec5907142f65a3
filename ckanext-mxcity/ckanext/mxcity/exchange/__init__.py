"""The ways in and out by standards: DCAT, exports, metadata norms, the actions of the catalogue."""
