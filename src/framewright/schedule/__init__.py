"""What frames cost, where a render is cut, and which chunk is rendered when by whom. No clock, process or file is in it."""
