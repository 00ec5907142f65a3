"""Our fields in DCAT: the mapping is docs/reference/dcat-mapping.md."""
