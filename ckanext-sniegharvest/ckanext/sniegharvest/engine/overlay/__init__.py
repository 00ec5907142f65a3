"""What the city changed in a harvested dataset, kept over what its source says."""
