"""Other protocols, written from published facts, to be measured on the same air."""
