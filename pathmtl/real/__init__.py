"""What a hospital would use on real reports: rules where a value is stated, a small model where not, and the stage group."""
