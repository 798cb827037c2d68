"""Bytes by their digest, and documents by their name, wherever they lie. Knows nothing of what they mean."""

from framewright.stores.blobs import BlobFolder, BlobWriter, digest_of

__all__ = ["BlobFolder", "BlobWriter", "digest_of"]
