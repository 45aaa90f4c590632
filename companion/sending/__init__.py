"""The send guard: a mail written in agitation waits a while before it goes to the real server."""
