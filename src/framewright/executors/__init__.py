"""Who renders the chunks of a plan: this process, processes beside it, or whoever else follows the protocol."""
