"""What the book's pages show: one plot style, one table renderer, one highlighter, and the figures made with them."""
