"""De-identification: removing from a pathology report what identifies a person (protected health information)."""
