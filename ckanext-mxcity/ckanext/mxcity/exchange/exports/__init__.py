"""The public catalogue for those who copy it: data.json, catalogo.json and DCAT."""
