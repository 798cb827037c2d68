"""Who renders the chunks of a plan: this process, processes beside it, or whoever else follows the protocol."""

from framewright.executors.verbs import render, render_async, render_batch, render_batch_async
from framewright.render.order import Assembled, Executor, Order, Pieces

__all__ = [
    "Assembled",
    "Executor",
    "Order",
    "Pieces",
    "render",
    "render_async",
    "render_batch",
    "render_batch_async",
]
