"""High dynamic range: PQ and HLG, how graphics get into them, and what a file says of its light."""
