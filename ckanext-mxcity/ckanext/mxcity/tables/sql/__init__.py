"""SQL of strangers over tables that they may read, in a room without doors."""
