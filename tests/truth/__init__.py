"""Pages whose frames prove themselves, and the readers that check every frame of what came out.

A page written here shows its own frame number (``counter``), flat colours (``colours``) or a movement that is a
function of time (``scenes``); ``decoding`` reads finished files without trusting the code that wrote them, and
``remains`` looks for what a render may have left behind.
"""
