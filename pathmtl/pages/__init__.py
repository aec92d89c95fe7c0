"""The paper's claims and their verdicts, until the package ``paper`` holds them."""
