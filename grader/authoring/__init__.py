"""The author's tools: stubs, frozen public cases, schema, synthetic classes."""
