"""One mapped slice, made ready for a page: picture, planes, layers, outlines."""
