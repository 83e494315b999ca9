"""Results on a screen or a page. Nothing here decides anything."""
