"""An exhaustive check of the election: every state that three real nodes can get into."""
