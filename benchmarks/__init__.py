"""What is claimed about speed, measured; ratios in one run, because machines are noisy."""
